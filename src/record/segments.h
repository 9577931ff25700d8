// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sessmirror::record {

// The payload form of session.serialize_handler = sessmirror_segmented (docs/format.md): every
// top-level key's value serialized alone, so that sessions can be merged by key whatever serializer
// made the values. When values share an object or a variable, and so cannot stand alone, the
// session is one piece instead.
inline constexpr std::string_view kSegmentsMagic = "SMS1";
inline constexpr std::string_view kOnePieceMagic = "SMSW";  // then what php_serialize makes

// Who serialized a value. Stored: never change.
enum class SegmentCodec : char { Php = 'p', Igbinary = 'i', Msgpack = 'm' };

struct Segment {
    std::string_view key;    // an integer key as decimal digits
    std::string_view head;   // the key and the lengths, as stored
    std::string_view value;  // codec and blob, as stored; never empty
    [[nodiscard]] SegmentCodec codec() const noexcept {
        return static_cast<SegmentCodec>(value.front());
    }
    [[nodiscard]] std::string_view blob() const noexcept { return value.substr(1); }
};

// Reads the segments of a payload one by one, without memory of its own. Accepts any bytes.
class SegmentReader {
  public:
    explicit SegmentReader(std::string_view payload) noexcept
        : rest_(payload), is_sound_(skip(kSegmentsMagic)) {}

    // False at the end and where the bytes make no sense; is_sound() tells which.
    bool next(Segment& out) noexcept;
    [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }

  private:
    bool skip(std::string_view expected) noexcept;
    bool take_sized(std::string_view& out) noexcept;

    std::string_view rest_;
    bool is_sound_;
};

// A length as it stands before a key and before a value.
using SegmentLength = std::array<char, 4>;
SegmentLength segment_length(std::size_t size) noexcept;

}  // namespace sessmirror::record
