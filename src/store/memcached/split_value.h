// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "record/envelope.h"
#include "record/version.h"
#include "store/item_name.h"
#include "store/session_key.h"

namespace sessmirror::store {

// How a session that exceeds memcached's item limit is stored: the payload in chunk items, and in
// the main item the envelope's header followed by this manifest. Each attempt to store one names
// its chunks anew, so chunks never change, a reader never joins pieces of two writes, and whoever
// loses against another writer, of the same version even, erases nothing but his own. The main
// item, written last and by compare-and-set, decides. Specified in docs/format.md.
struct Manifest {
    static constexpr std::size_t kSize = 24;
    static constexpr std::uint32_t kMaxChunks = 4096;

    // The generation of the version, and a number drawn for the attempt. Up to format 1 of the
    // envelope it was the version.
    record::Version attempt;
    std::uint32_t chunk_size = 0;  // of every chunk but the last, which has what remains
    std::uint32_t count = 0;
    std::uint64_t total = 0;  // payload bytes

    friend bool operator==(const Manifest&, const Manifest&) = default;
    [[nodiscard]] std::uint32_t size_of(std::uint32_t chunk) const noexcept;
};

// Client flags of the main item: the low 31 bits are the fingerprint.
inline constexpr std::uint32_t kSplitFlag = 1u << 31;

// nullopt when more than kMaxChunks would be needed. REQUIRES: total > 0, chunk_size > 0.
std::optional<Manifest> plan_split(record::Version attempt, std::uint64_t total,
                                   std::uint32_t chunk_size) noexcept;

std::array<std::byte, Manifest::kSize> encode_manifest(const Manifest& manifest) noexcept;

// From a main item (header and manifest). nullopt unless it is consistent and its total is at most
// `max_total`. Accepts any input.
std::optional<Manifest> decode_manifest(ByteView item, std::uint64_t max_total) noexcept;

// `<key>.<attempt, 16 hex digits>.<chunk>`
ItemName chunk_key(const SessionKey& key, record::Version attempt, std::uint32_t chunk) noexcept;

}  // namespace sessmirror::store
