// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "wire/resp_reply.h"

struct redisReader;

namespace sessmirror::wire {

// Turns a stream of bytes, cut anywhere, into replies: hiredis' reader, which keeps no objects of
// its own here, within bounds. No I/O, no knowledge of what was asked.
//
// Accepts any input. A value of more than `max_value` bytes, a reply of that and some, or one of
// more than `max_elements` elements in all, is malformed; memory grows with what arrives, not with
// what is announced.
class RespParser {
  public:
    static constexpr std::size_t kFewElements = 3;  // of what a script replies with

    explicit RespParser(std::size_t max_value, std::size_t max_elements = kFewElements);
    RespParser(const RespParser&) = delete;
    RespParser& operator=(const RespParser&) = delete;

    enum class Step {
        NeedMore,   // all of `input` was consumed
        Complete,   // `out` is a reply; further ones may follow although `input` is consumed
        Malformed,  // not the protocol; the parser is of no use until reset()
    };
    Step next(ByteView& input, RespReply& out);
    // Of the replies that have not begun yet.
    void set_max_value(std::size_t size) noexcept { max_value_ = size; }
    // Whether next() may have a further reply without further input.
    [[nodiscard]] bool has_more() const noexcept;

    // Of hiredis, such as "0.14.1". Static.
    static const char* library_version() noexcept;

    // See ReplyParser: there is no such place, since the reader has a buffer of its own.
    static std::span<std::byte> room() noexcept { return {}; }
    void filled(std::size_t /*size*/) noexcept {}
    void reset();

    // For hiredis' callbacks. An allocation has failed: next() throws what they cannot.
    void note_lack_of_memory() noexcept { lacks_memory_ = true; }
    // The reply that is being read, and what it may have.
    [[nodiscard]] RespReply& root() noexcept { return root_; }
    [[nodiscard]] bool takes_value(std::size_t size) const noexcept { return size <= max_value_; }
    [[nodiscard]] bool claim_elements(std::size_t count) noexcept;

  private:
    struct Deleter {
        void operator()(redisReader* reader) const noexcept;
    };
    std::size_t max_value_;
    std::size_t max_elements_;
    std::unique_ptr<redisReader, Deleter> reader_;
    RespReply root_;
    std::size_t elements_ = 0;  // of the reply that is being read
    std::size_t size_ = 0;      // of what has been fed since the last reply
    bool lacks_memory_ = false;
};

}  // namespace sessmirror::wire
