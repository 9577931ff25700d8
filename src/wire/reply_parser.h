// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "wire/meta_reply.h"

namespace sessmirror::wire {

// Turns a stream of bytes, cut anywhere, into replies. No I/O, no knowledge of what was asked.
//
// Accepts any input. Memory is bounded by kMaxLine and `max_value`: a longer line or value is
// malformed, and memory for a value grows with what arrives, not with what its line announces.
class ReplyParser {
  public:
    static constexpr std::size_t kMaxLine = 1024;  // real lines stay below 300

    explicit ReplyParser(std::size_t max_value) noexcept : max_value_(max_value) {}

    enum class Step {
        NeedMore,   // all of `input` was consumed
        Complete,   // `out` is a reply; `input` starts with what follows it
        Malformed,  // not the protocol; the parser is of no use until reset()
    };
    Step next(ByteView& input, Reply& out);

    // Nothing of a further reply has been consumed.
    [[nodiscard]] bool is_between_replies() const noexcept;
    void reset() noexcept;

  private:
    Step next_line(ByteView& input);
    Step take_line(std::string_view line);
    Step next_value(ByteView& input);

    enum class State : std::uint8_t { Line, Value, ValueEnd, Broken };
    std::size_t max_value_;
    State state_ = State::Line;
    std::size_t value_size_ = 0;
    std::size_t value_end_seen_ = 0;  // bytes of the CR LF behind a value
    std::string line_;                // the part of a line that earlier input held
    Reply reply_;
};

}  // namespace sessmirror::wire
