// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/sql.h"

namespace sessmirror::store {

Sql& Sql::hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text_ += "x'";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text_ += kDigits[value >> 4];
        text_ += kDigits[value & 15];
    }
    text_ += '\'';
    return *this;
}

Sql& Sql::quote(ByteView first, ByteView second) {
    // Room for what random bytes need: one in 256 is a quote.
    const std::size_t size = first.size() + second.size();
    text_.reserve(text_.size() + size + size / 128 + 64);
    text_ += '\'';
    double_quotes(first);
    double_quotes(second);
    text_ += '\'';
    return *this;
}

void Sql::double_quotes(ByteView bytes) {
    std::string_view text = as_text(bytes);
    for (std::size_t at = text.find('\''); at != std::string_view::npos; at = text.find('\'')) {
        text_ += text.substr(0, at + 1);
        text_ += '\'';
        text.remove_prefix(at + 1);
    }
    text_ += text;
}

Sql& Sql::name(std::string_view name) {
    text_ += '`';
    for (const char byte : name) {
        text_ += byte;
        if (byte == '`') text_ += byte;
    }
    text_ += '`';
    return *this;
}

}  // namespace sessmirror::store
