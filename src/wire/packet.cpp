// SPDX-License-Identifier: BSD-3-Clause
#include "wire/packet.h"

#include <array>
#include <charconv>

namespace sessmirror::wire {
namespace {

void append_number(std::string& out, std::uint64_t value) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    std::array<char, 20> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), result.ptr);
}

}  // namespace

void Packet::command(std::string_view word, std::string_view key) {
    text_.append(word).append(1, ' ').append(key);
}

void Packet::number(char flag, std::uint64_t value) {
    text_.append(1, ' ').append(1, flag);
    append_number(text_, value);
}

void Packet::opaque() {
    number('O', opaque_of(next()));
    ++commands_;
    text_.append("\r\n");
}

void Packet::get(const MetaGet& get) {
    command("mg", get.key);
    if (get.value) text_.append(" v");
    if (get.cas) text_.append(" c");
    if (get.client_flags) text_.append(" f");
    if (get.ttl) text_.append(" t");
    if (get.touch_s) number('T', *get.touch_s);
    opaque();
}

void Packet::set(const MetaSet& set, ByteView head, ByteView tail) {
    command("ms", set.key);
    text_.append(1, ' ');
    append_number(text_, head.size() + tail.size());
    if (set.mode == SetMode::Add) text_.append(" ME");
    if (set.mode == SetMode::Append) text_.append(" MA");
    if (set.ttl_s) number('T', *set.ttl_s);
    if (set.client_flags) number('F', *set.client_flags);
    if (set.compare != 0) number('C', set.compare);
    if (set.explicit_cas != 0) number('E', set.explicit_cas);
    if (set.return_cas) text_.append(" c");
    opaque();
    data(head);
    data(tail);
    text_.append("\r\n");
}

void Packet::data(ByteView bytes) {
    if (bytes.size() < kCopyBelow)
        text_.append(as_text(bytes));
    else
        external_.push_back({text_.size(), bytes});
}

void Packet::erase(const MetaDelete& erase) {
    command("md", erase.key);
    if (erase.compare != 0) number('C', erase.compare);
    opaque();
}

void Packet::no_op() {
    text_.append("mn\r\n");
    ++commands_;
}

void Packet::version() {
    text_.append("version\r\n");
    ++commands_;
}

void Packet::stats_settings() {
    text_.append("stats settings\r\n");
    ++commands_;
}

std::span<const ByteView> Packet::pieces() {
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

void Packet::keep() {
    // From behind, so that the positions of those in front stay what they are.
    for (auto value = external_.rbegin(); value != external_.rend(); ++value)
        text_.insert(value->after, as_text(value->bytes));
    external_.clear();
}

void Packet::clear() noexcept {
    first_ = next();
    commands_ = 0;
    if (text_.capacity() > kKeepCapacity) *this = Packet(first_);
    text_.clear();
    external_.clear();
}

}  // namespace sessmirror::wire
