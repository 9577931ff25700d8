// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string_view>

namespace sessmirror::shim {

// Cookies as text: what PHP accepts in one, what a client returned, what a response sets. Nothing
// here calls PHP, and all of it takes any text.

// The rules of PHP's setcookie() and of session.name, for cookies that this extension sends itself.
// Some of that text comes from scripts, which take it from the request: a path made of
// $_SERVER['PHP_SELF'], for example. Whatever these refuse must not reach a header.

// False for an empty name, and for one with a control character, a blank or one of "=,;".
bool is_cookie_name(std::string_view name) noexcept;

// As is_cookie_name(), and without '.' and '[', which PHP would not find in $_COOKIE again.
bool is_session_name(std::string_view name) noexcept;

// False for a path, a domain or a SameSite with a control character, a blank or one of ",;".
bool is_cookie_attribute(std::string_view value) noexcept;

// Whether the value of a cookie is this text, encoded or not.
bool is_cookie_value(std::string_view value, std::string_view text) noexcept;

// The header "Cookie" of a request, pair by pair:
//   for (CookiePairs pairs(header); pairs.next();) use(pairs.name(), pairs.value());
class CookiePairs {
  public:
    explicit CookiePairs(std::string_view header) noexcept : rest_(header) {}
    bool next() noexcept;
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] std::string_view value() const noexcept { return value_; }

  private:
    std::string_view rest_;
    std::string_view name_;
    std::string_view value_;
};

// One header "Set-Cookie". The views are into the header.
struct SetCookie {
    std::string_view name;
    std::string_view value;
    std::string_view attributes;  // all of them as they stand: "; path=/; HttpOnly"
    std::string_view path;
    std::string_view domain;
    bool is_removal = false;  // the client forgets the cookie
    bool has_max_age = false;

    // Whether the client keeps only the later one of two.
    [[nodiscard]] bool is_same_cookie(const SetCookie& other) const noexcept {
        return name == other.name && path == other.path && domain == other.domain;
    }
};

// nullopt for any other header.
std::optional<SetCookie> parse_set_cookie(std::string_view header) noexcept;

}  // namespace sessmirror::shim
