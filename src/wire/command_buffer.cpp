// SPDX-License-Identifier: BSD-3-Clause
#include "wire/command_buffer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sessmirror::wire {

void CommandBuffer::number(std::uint64_t value, std::string_view before) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    std::array<char, kMaxBefore + 20> text;
    char* const digits = std::copy(before.begin(), before.end(), text.data());
    const auto result = std::to_chars(digits, text.data() + text.size(), value);
    text_.append(text.data(), static_cast<std::size_t>(result.ptr - text.data()));
}

void CommandBuffer::data(ByteView bytes) {
    if (bytes.size() < kCopyBelow)
        text_.append(as_text(bytes));
    else
        external_.push_back({text_.size(), bytes});
}

std::span<const ByteView> CommandBuffer::pieces() {
    pieces_.clear();
    std::size_t position = 0;
    for (const External& value : external_) {
        pieces_.push_back(
            as_bytes(std::string_view(text_).substr(position, value.after - position)));
        pieces_.push_back(value.bytes);
        position = value.after;
    }
    pieces_.push_back(as_bytes(std::string_view(text_).substr(position)));
    return pieces_;
}

void CommandBuffer::keep() {
    // From behind, so that the positions of those in front stay what they are.
    for (auto value = external_.rbegin(); value != external_.rend(); ++value)
        text_.insert(value->after, as_text(value->bytes));
    external_.clear();
}

void CommandBuffer::clear() noexcept {
    first_ = next();
    commands_ = 0;
    if (text_.capacity() > kKeepCapacity) *this = CommandBuffer(first_);
    text_.clear();
    external_.clear();
}

}  // namespace sessmirror::wire
