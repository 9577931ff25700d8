// SPDX-License-Identifier: BSD-3-Clause
#include "base/text.h"

#include <algorithm>
#include <charconv>

namespace sessmirror {
namespace {

constexpr char kHex[] = "0123456789abcdef";

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

Quoted::Quoted(std::string_view text, std::size_t max) noexcept {
    const std::size_t limit = std::min(max, kMax);
    std::size_t used = 0;
    const auto put = [&](char c) { text_[used++] = c; };
    put('"');
    for (const char c : text) {
        if (used > limit) {
            for (const char dot : std::string_view("...")) put(dot);
            break;
        }
        if (c >= ' ' && c <= '~') {
            put(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            for (const char part : {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]}) put(part);
        }
    }
    put('"');
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string> percent_decoded(std::string_view text) {
    if (text.find('%') == std::string_view::npos) return std::string(text);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const std::string_view digits = text.substr(i + 1, 2);
        std::uint8_t byte = 0;
        const char* const end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, byte, 16);
        if (digits.size() != 2 || error != std::errc() || stop != end) return std::nullopt;
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t min,
                                          std::uint32_t max) noexcept {
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < min || value > max) return std::nullopt;
    return value;
}

}  // namespace sessmirror
