// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sessmirror::shim {

// How PHP sends a session's cookie, as its settings are now. The texts are PHP's own.
struct CookieSettings {
    std::string_view name;
    std::string_view path;
    std::string_view domain;
    std::string_view samesite;
    std::int64_t lifetime_s = 0;
    bool is_secure = false;
    bool is_http_only = false;
    bool is_partitioned = false;

    friend bool operator==(const CookieSettings&, const CookieSettings&) = default;
};

// A session's cookie as PHP sends it, as it was when the session was opened.
struct CookieTerms {
    std::string name;
    std::string path;
    std::string domain;
    std::string attributes;    // "; path=/; HttpOnly"
    bool is_sendable = false;  // PHP would accept all of it in a cookie
};
using SharedTerms = std::shared_ptr<const CookieTerms>;

// Turns settings into terms. Sessions with the same settings share theirs: a site has one set of
// settings for nearly all of its sessions. Nothing here calls PHP.
class CookieTermsMaker {
  public:
    // Never null.
    SharedTerms terms_of(const CookieSettings& settings);

  private:
    SharedTerms last_;
    CookieSettings settings_;  // that `last_` was made of; its texts are in `last_` and `samesite_`
    std::string samesite_;
};

}  // namespace sessmirror::shim
