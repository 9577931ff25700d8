// SPDX-License-Identifier: BSD-3-Clause
#include "cookies.h"

#include <algorithm>

#include "base/text.h"

namespace sessmirror::shim {
namespace {

bool has_none_of(std::string_view text, std::string_view refused) noexcept {
    return std::none_of(text.begin(), text.end(), [refused](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7f || refused.find(c) != std::string_view::npos;
    });
}

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Cuts off and gives what comes before the next `separator`.
std::string_view take_until(char separator, std::string_view& rest) noexcept {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return piece;
}

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The next character of an encoded value, which is cut off.
char take_decoded(std::string_view& value) noexcept {
    char c = value.front();
    std::size_t size = 1;
    if (c == '+') c = ' ';
    if (c == '%' && value.size() > 2 && hex_digit(value[1]) >= 0 && hex_digit(value[2]) >= 0) {
        c = static_cast<char>(hex_digit(value[1]) * 16 + hex_digit(value[2]));
        size = 3;
    }
    value.remove_prefix(size);
    return c;
}

void apply_attribute(std::string_view name, std::string_view value, SetCookie& cookie) noexcept {
    if (equals_ignoring_case(name, "path")) cookie.path = value;
    if (equals_ignoring_case(name, "domain")) cookie.domain = value;
    if (!equals_ignoring_case(name, "max-age") || value.empty()) return;
    cookie.has_max_age = true;
    const bool is_zero = value.find_first_not_of('0') == std::string_view::npos;
    if (is_zero || value.front() == '-') cookie.is_removal = true;
}

}  // namespace

bool is_cookie_name(std::string_view name) noexcept {
    return !name.empty() && has_none_of(name, "=,;");
}

bool is_session_name(std::string_view name) noexcept {
    return is_cookie_name(name) && name.find_first_of(".[") == std::string_view::npos;
}

bool is_cookie_attribute(std::string_view value) noexcept {
    return has_none_of(value, ",;");
}

bool is_cookie_value(std::string_view value, std::string_view text) noexcept {
    if (value == text) return true;
    while (!value.empty() && !text.empty()) {
        if (take_decoded(value) != text.front()) return false;
        text.remove_prefix(1);
    }
    return value.empty() && text.empty();
}

bool CookiePairs::next() noexcept {
    while (!rest_.empty()) {
        value_ = take_until(';', rest_);
        if (value_.find('=') == std::string_view::npos) continue;
        name_ = trimmed(take_until('=', value_));
        value_ = trimmed(value_);
        return true;
    }
    return false;
}

std::optional<SetCookie> parse_set_cookie(std::string_view header) noexcept {
    std::string_view rest = header;
    if (!equals_ignoring_case(take_until(':', rest), "set-cookie")) return std::nullopt;
    std::string_view pair = take_until(';', rest);
    SetCookie cookie;
    cookie.name = trimmed(take_until('=', pair));
    cookie.value = trimmed(pair);
    cookie.is_removal = cookie.value.empty();
    const std::size_t begin = header.find(';');
    if (begin != std::string_view::npos) cookie.attributes = header.substr(begin);
    while (!rest.empty()) {
        std::string_view value = take_until(';', rest);
        const std::string_view name = trimmed(take_until('=', value));
        apply_attribute(name, trimmed(value), cookie);
    }
    return cookie;
}

}  // namespace sessmirror::shim
