// SPDX-License-Identifier: BSD-3-Clause
#include "wire/reply_parser.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/allocation.h"
#include "wire/classic_line.h"
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
    if (step == Step::Complete && state_ == State::Value) step = next_value(input);
    if (step == Step::Complete && state_ == State::End) step = next_line(input);
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
    if (std::exchange(state_, State::Line) == State::End)
        return line == "END" ? Step::Complete : Step::Malformed;
    std::size_t value_size = 0;
    const auto read = dialect_ == Dialect::Meta ? read_reply_line : read_classic_line;
    if (!read(line, reply_, value_size) || value_size > max_value_) return Step::Malformed;
    if (reply_.code == ReplyCode::Value) {
        block_size_ = value_size + kLineEnd.size();
        filled_ = 0;
        reply_.value.reserve(std::min(block_size_, kReserveAtMost));
        state_ = State::Value;
    }
    return Step::Complete;
}

std::span<std::byte> ReplyParser::room() noexcept {
    if (state_ != State::Value || block_size_ - filled_ < room_from_) return {};
    Bytes& value = reply_.value;
    const std::size_t longer = std::min(block_size_, std::max(2 * filled_, kReserveAtMost));
    if (value.size() == filled_ && !try_to_allocate([&] { value.resize(longer); })) return {};
    return std::span(value).subspan(filled_);
}

ReplyParser::Step ReplyParser::next_value(ByteView& input) {
    Bytes& value = reply_.value;
    const std::size_t size = std::min(input.size(), block_size_ - filled_);
    const std::size_t in_place = std::min(size, value.size() - filled_);
    std::copy_n(input.begin(), in_place, value.begin() + static_cast<std::ptrdiff_t>(filled_));
    value.insert(value.end(), input.begin() + static_cast<std::ptrdiff_t>(in_place),
                 input.begin() + static_cast<std::ptrdiff_t>(size));
    filled_ += size;
    input = input.subspan(size);
    if (filled_ < block_size_) return Step::NeedMore;
    if (!as_text(value).ends_with(kLineEnd)) return Step::Malformed;
    value.resize(block_size_ - kLineEnd.size());
    state_ = dialect_ == Dialect::Meta ? State::Line : State::End;
    return Step::Complete;
}

bool ReplyParser::is_between_replies() const noexcept {
    return state_ == State::Line && line_.empty();
}

void ReplyParser::reset() noexcept {
    state_ = State::Line;
    filled_ = 0;
    line_.clear();
    reply_ = Reply{};
}

}  // namespace sessmirror::wire
