// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "record/version.h"

namespace sessmirror::record {

// How the payload bytes are to be read. Numbers are stored: never renumber.
enum class Codec : std::uint16_t {
    Plain = 0,  // exactly what PHP's session serializer produced
    Zstd = 1,   // one zstd frame of it, with its size; see compressor.h
};

// Bits of Envelope::flags. Stored: never renumber.
enum Flag : std::uint8_t {
    kTombstone = 1 << 0,      // the session was destroyed; payload empty
    kAfterFailover = 1 << 1,  // written while the session's first-choice home was not available
    kMerged = 1 << 2,         // others' writes were in the way, and were merged or replaced;
                              // for people
};

// What stands in front of every stored payload: 40 bytes, big endian, specified in docs/format.md
// with test vectors. Plain data; encode and decode are pure.
struct Envelope {
    static constexpr std::size_t kSize = 40;
    static constexpr std::uint16_t kMagic = 0xA55E;
    static constexpr std::uint8_t kFormat = 1;
    static constexpr std::size_t kVersionAt = 4;  // where the version stands, of 8 bytes

    std::uint8_t flags = 0;
    Version version;
    Version parent;                   // what the writer had read; none() for a new session
    std::uint32_t modified_unix = 0;  // writer's wall clock, for people; nothing decides by it
    std::uint16_t origin = 0;         // which host wrote, for people
    Codec codec = Codec::Plain;

    [[nodiscard]] bool is_tombstone() const noexcept { return (flags & kTombstone) != 0; }
};

using EnvelopeBytes = std::array<std::byte, Envelope::kSize>;

// REQUIRES: payload.size() < 4 GiB, which every engine's own limit guarantees.
EnvelopeBytes encode(const Envelope& envelope, ByteView payload) noexcept;

// A stored value, taken apart. `payload` points into the bytes that were decoded.
struct Record {
    Envelope envelope;
    ByteView payload;
};

// Errc::Corrupt when the magic, the format, the length or the checksum does not fit, so that a
// damaged or foreign value is never handed to PHP. Accepts any input. The codec may be one that
// this release does not know: the value is intact then, and can be copied.
Result<Record> decode(ByteView stored) noexcept;

}  // namespace sessmirror::record
