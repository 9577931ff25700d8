// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/bytes.h"
#include "wire/dialect.h"
#include "wire/meta_reply.h"

namespace sessmirror::wire {

// Turns a stream of bytes, cut anywhere, into replies. No I/O, no knowledge of what was asked.
//
// Accepts any input. Memory is bounded by kMaxLine and `max_value`: a longer line or value is
// malformed, and memory for a value grows with what arrives, not with what its line announces.
class ReplyParser {
  public:
    static constexpr std::size_t kMaxLine = 1024;  // real lines stay below 300
    // Fewer bytes cost less to copy than to receive by a call of their own.
    static constexpr std::size_t kRoomFrom = 32 * 1024;

    // `room_from`: how much of a value must be missing for room() to offer any; 1 at least.
    explicit ReplyParser(std::size_t max_value, std::size_t room_from = kRoomFrom) noexcept
        : max_value_(max_value), room_from_(room_from) {}

    enum class Step {
        NeedMore,   // all of `input` was consumed
        Complete,   // `out` is a reply; `input` starts with what follows it
        Malformed,  // not the protocol; the parser is of no use until reset()
    };
    Step next(ByteView& input, Reply& out);

    // REQUIRES: between two replies, or before reset()
    void speak(Dialect dialect) noexcept { dialect_ = dialect; }
    // Of the replies whose line has not come yet.
    void set_max_value(std::size_t size) noexcept { max_value_ = size; }

    // Where the missing part of a large value will be: whoever receives it right there spares a
    // copy. Empty when little or nothing is missing, or memory is. Valid until the next call but
    // filled(), which says how much of it has come; next(), with empty input, then tells whether
    // that was all.
    std::span<std::byte> room() noexcept;
    // REQUIRES: size <= room().size()
    void filled(std::size_t size) noexcept { filled_ += size; }

    // Whether next() may have a further reply without further input: it keeps none.
    [[nodiscard]] static bool has_more() noexcept { return false; }

    // Nothing of a further reply has been consumed.
    [[nodiscard]] bool is_between_replies() const noexcept;
    void reset() noexcept;

  private:
    Step next_line(ByteView& input);
    Step take_line(std::string_view line);
    Step next_value(ByteView& input);

    enum class State : std::uint8_t { Line, Value, End, Broken };
    Dialect dialect_ = Dialect::Meta;
    std::size_t max_value_;
    std::size_t room_from_;
    State state_ = State::Line;
    std::size_t block_size_ = 0;  // of a value and the end of its line
    std::size_t filled_ = 0;      // bytes of it that have come; reply_.value may be longer
    std::string line_;            // the part of a line that earlier input held
    Reply reply_;
};

}  // namespace sessmirror::wire
