// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace sessmirror::shim {

// The rules of PHP's setcookie() and of session.name, for cookies that this extension sends itself.
// Some of that text comes from scripts, which take it from the request: a path made of
// $_SERVER['PHP_SELF'], for example. Whatever these refuse must not reach a header. Nothing here
// calls PHP.

// False for an empty name, and for one with a control character, a blank or one of "=,;".
bool is_cookie_name(std::string_view name) noexcept;

// As is_cookie_name(), and without '.' and '[', which PHP would not find in $_COOKIE again.
bool is_session_name(std::string_view name) noexcept;

// False for a path, a domain or a SameSite with a control character, a blank or one of ",;".
bool is_cookie_attribute(std::string_view value) noexcept;

}  // namespace sessmirror::shim
