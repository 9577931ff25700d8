// SPDX-License-Identifier: BSD-3-Clause
#include "wire/command_buffer.h"

#include <array>
#include <charconv>

namespace sessmirror::wire {

void CommandBuffer::number(std::uint64_t value) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    std::array<char, 20> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    text_.append(digits.data(), result.ptr);
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
