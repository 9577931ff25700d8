// SPDX-License-Identifier: BSD-3-Clause
#include "cookies.h"

#include <algorithm>

namespace sessmirror::shim {
namespace {

bool has_none_of(std::string_view text, std::string_view refused) noexcept {
    return std::none_of(text.begin(), text.end(), [refused](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7f || refused.find(c) != std::string_view::npos;
    });
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

}  // namespace sessmirror::shim
