// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "record/ancestry.h"
#include "record/version.h"

namespace sessmirror::record {

// How the payload bytes are to be read. Numbers are stored: never renumber. Bit 15 is kept for
// payloads that are sealed (docs/format.md, 2.5).
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

// The byte layouts of docs/format.md. The first is what releases before 0.9 read and write.
enum class Format : std::uint8_t { First = 1, Second = 2 };

// Which of two records of one session stands: the greater one, on every host. A tombstone beats
// whatever does not descend from it, however often that was written since (see Envelope).
struct Precedence {
    Version incarnation;
    Version version;
    // NOLINTNEXTLINE(modernize-use-nullptr): of what the compiler makes here
    friend constexpr auto operator<=>(const Precedence&, const Precedence&) = default;
};

// What stands in front of every stored payload, big endian, specified in docs/format.md with test
// vectors. Plain data; encode and decode are pure.
struct Envelope {
    static constexpr std::uint16_t kMagic = 0xA55E;
    // Higher ones are nobody's: they are seconds since 1970, and have to be followed by others.
    static constexpr std::uint32_t kLastGeneration = 0xFFFF0000;
    static constexpr std::size_t kVersionAt = 4;  // where the version stands, of 8 bytes
    static constexpr std::size_t kVersionEnd = kVersionAt + 8;
    // The bytes that are always there, in the second format; then come the ancestors.
    static constexpr std::size_t kFixed = 48;
    static constexpr std::size_t kMost = kFixed + Ancestry::kMost * 8;

    Format format = Format::Second;
    std::uint8_t flags = 0;
    Version version;
    // The tombstone that this version descends from, its own version for a tombstone itself; none()
    // for a session that nobody has destroyed yet. The first format does not have it.
    Version incarnation;
    // What the version was made from. The first format has the parent alone.
    Ancestry ancestors;
    // Writer's wall clock. Health decides by it whether a copy may be outdated, with slack for
    // clocks that differ; nothing else does.
    std::uint32_t modified_unix = 0;
    // The longest lifetime, in seconds, that a page has given to this session: no copy of any of
    // its versions lives longer than that from now on. 0 in the first format: not known.
    std::uint32_t lifetime_s = 0;
    std::uint16_t origin = 0;  // which host wrote, for people
    Codec codec = Codec::Plain;

    [[nodiscard]] bool is_tombstone() const noexcept { return (flags & kTombstone) != 0; }
    [[nodiscard]] Version parent() const noexcept { return ancestors.parent(); }
    [[nodiscard]] Precedence precedence() const noexcept { return {incarnation, version}; }
};

// An envelope as it is stored. Plain data, copied by what it holds.
class EnvelopeBytes {
  public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    EnvelopeBytes() noexcept {}
    EnvelopeBytes(const EnvelopeBytes& other) noexcept { *this = other; }
    EnvelopeBytes& operator=(const EnvelopeBytes& other) noexcept {
        size_ = other.size_;
        std::copy_n(other.bytes_.begin(), size_, bytes_.begin());
        return *this;
    }
    [[nodiscard]] ByteView view() const noexcept { return {bytes_.data(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    friend EnvelopeBytes encode(const Envelope& envelope, std::string_view key,
                                ByteView payload) noexcept;
    std::size_t size_ = 0;
    std::array<std::byte, Envelope::kMost> bytes_;  // the first size_ of them
};

// `key` is the full name under which the value is stored: in the second format the checksum covers
// it. REQUIRES: payload.size() < 4 GiB, which every engine's own limit guarantees.
EnvelopeBytes encode(const Envelope& envelope, std::string_view key, ByteView payload) noexcept;

// A stored value, taken apart. `payload` points into the bytes that were decoded.
struct Record {
    Envelope envelope;
    ByteView payload;
};

// Errc::Corrupt when the magic, the format, a length or the checksum does not fit, so that a
// damaged or foreign value, or one that was written under another key, is never handed to PHP.
// Accepts any input. The codec may be one that this release does not know: the value is intact
// then, and can be copied.
Result<Record> decode(std::string_view key, ByteView stored) noexcept;

}  // namespace sessmirror::record
