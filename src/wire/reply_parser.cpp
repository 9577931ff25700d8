// SPDX-License-Identifier: BSD-3-Clause
#include "wire/reply_parser.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "wire/reply_line.h"

namespace sessmirror::wire {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kReserveAtMost = 1u << 20;

}  // namespace

ReplyParser::Step ReplyParser::next(ByteView& input, Reply& out) {
    if (state_ == State::Broken) return Step::Malformed;
    Step step = Step::Complete;
    if (state_ == State::Line) step = next_line(input);
    if (step == Step::Complete && state_ != State::Line) step = next_value(input);
    if (step == Step::Malformed) state_ = State::Broken;
    if (step == Step::Complete) out = std::exchange(reply_, Reply{});
    return step;
}

ReplyParser::Step ReplyParser::next_line(ByteView& input) {
    const std::string_view text = as_text(input);
    const std::size_t newline = text.find('\n');
    const std::size_t size = newline == std::string_view::npos ? text.size() : newline + 1;
    if (line_.size() + size > kMaxLine) return Step::Malformed;
    input = input.subspan(size);
    if (newline == std::string_view::npos) {
        line_.append(text);
        return Step::NeedMore;
    }
    if (line_.empty()) return take_line(text.substr(0, size));
    line_.append(text.substr(0, size));
    const Step step = take_line(line_);
    line_.clear();
    return step;
}

ReplyParser::Step ReplyParser::take_line(std::string_view line) {
    if (!line.ends_with(kLineEnd)) return Step::Malformed;
    line.remove_suffix(kLineEnd.size());
    if (!read_reply_line(line, reply_, value_size_) || value_size_ > max_value_)
        return Step::Malformed;
    if (reply_.code == ReplyCode::Value) {
        reply_.value.reserve(std::min(value_size_, kReserveAtMost));
        value_end_seen_ = 0;
        state_ = State::Value;
    }
    return Step::Complete;
}

ReplyParser::Step ReplyParser::next_value(ByteView& input) {
    if (state_ == State::Value) {
        const std::size_t size = std::min(input.size(), value_size_ - reply_.value.size());
        const ByteView part = input.first(size);
        reply_.value.insert(reply_.value.end(), part.begin(), part.end());
        input = input.subspan(size);
        if (reply_.value.size() < value_size_) return Step::NeedMore;
        state_ = State::ValueEnd;
    }
    while (value_end_seen_ < kLineEnd.size()) {
        if (input.empty()) return Step::NeedMore;
        if (as_text(input).front() != kLineEnd[value_end_seen_]) return Step::Malformed;
        input = input.subspan(1);
        ++value_end_seen_;
    }
    state_ = State::Line;
    return Step::Complete;
}

bool ReplyParser::is_between_replies() const noexcept {
    return state_ == State::Line && line_.empty();
}

void ReplyParser::reset() noexcept {
    state_ = State::Line;
    value_size_ = 0;
    line_.clear();
    reply_ = Reply{};
}

}  // namespace sessmirror::wire
