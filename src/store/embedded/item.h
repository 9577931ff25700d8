// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "record/version.h"
#include "store/store.h"

namespace sessmirror::store {

// A value of the embedded store: 16 bytes, big endian, and what was put (docs/format.md).
//     0  8  when it expires, in seconds since the boot (seconds_of())
//     8  8  its CAS, which is its version: generation, nonce
// Refers to the bytes that were read.
struct LmdbItem {
    static constexpr std::size_t kHead = 16;
    static constexpr std::uint64_t kForever = ~std::uint64_t{0};

    std::uint64_t expires_s = 0;
    Cas cas = 0;
    ByteView content;

    // What lifetimes are measured by. No correction of the system's time moves it, and the files do
    // not outlive the boot.
    static std::uint32_t seconds_of(const Clock& clock) noexcept {
        const auto since_boot = clock.now().time_since_epoch();
        return static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::seconds>(since_boot).count());
    }

    [[nodiscard]] bool is_alive(std::uint32_t now_s) const noexcept { return expires_s > now_s; }
    [[nodiscard]] record::Fingerprint fingerprint() const noexcept {
        return record::fingerprint(
            {static_cast<std::uint32_t>(cas >> 32), static_cast<std::uint32_t>(cas)});
    }

    // nullopt when it is none, which counts as absent.
    static std::optional<LmdbItem> read(const void* data, std::size_t size) noexcept {
        if (size < kHead) return std::nullopt;
        const auto* const bytes = static_cast<const std::byte*>(data);
        return LmdbItem{get_be<std::uint64_t>(bytes), get_be<std::uint64_t>(bytes + 8),
                        ByteView(bytes + kHead, size - kHead)};
    }
    // `out` has kHead bytes; gives what is behind them.
    static std::byte* write_head(void* out, std::uint64_t expires_s, Cas cas) noexcept {
        auto* const bytes = static_cast<std::byte*>(out);
        put_be(bytes, expires_s);
        put_be(bytes + 8, cas);
        return bytes + kHead;
    }
};

}  // namespace sessmirror::store
