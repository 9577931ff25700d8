// SPDX-License-Identifier: BSD-3-Clause
#include "token_cookie.h"

#include <algorithm>

#include "cookies.h"
#include "php_sessmirror.h"
#include "service/session_service.h"
#include "worker.h"

extern "C" {
#include <Zend/zend_smart_str.h>
}

namespace sessmirror::shim {
namespace {

// The name as it stands in $_COOKIE. The caller frees it.
zend_string* cookie_name() {
    Worker* const worker = SESSMIRROR_G(worker);
    const std::string_view chosen = worker == nullptr ? "" : worker->token_cookie();
    if (!chosen.empty()) return zend_string_init(chosen.data(), chosen.size(), 0);
    const std::string_view session = view(PS(session_name));
    return strpprintf(0, "%.*s_V", static_cast<int>(session.size()), session.data());
}

void append(smart_str& line, std::string_view text) {
    smart_str_appendl(&line, text.data(), text.size());
}

void append_attribute(smart_str& line, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    append(line, name);
    append(line, value);
}

// "Set-Cookie: NAME=", the start of every header that sets this cookie. The caller frees it. Names
// are not encoded, as PHP does not decode them; it refuses those that would need it.
zend_string* header_start(std::string_view name) {
    return strpprintf(0, "Set-Cookie: %.*s=", static_cast<int>(name.size()), name.data());
}

struct HeaderSearch {
    std::string_view start;
    bool is_removal;
};

// For zend_llist_apply_with_argument: the last header with this start decides.
void look_for_removal(void* element, void* argument) {
    const auto* header = static_cast<const sapi_header_struct*>(element);
    auto* search = static_cast<HeaderSearch*>(argument);
    const std::string_view line(header->header, header->header_len);
    if (line.substr(0, search->start.size()) == search->start)
        search->is_removal = line.find("Max-Age=0") != std::string_view::npos;
}

bool script_removes_session_cookie(sapi_headers_struct* headers) {
    zend_string* const start = header_start(view(PS(session_name)));
    HeaderSearch search{view(start), false};
    zend_llist_apply_with_argument(&headers->headers, look_for_removal, &search);
    zend_string_release(start);
    return search.is_removal;
}

// As setcookie() adds one: through the checks of PHP and the header handler of the SAPI, which is
// where Apache's module takes headers from. PHP counts them as sent by now.
void add_header(smart_str& line) {
    SG(headers_sent) = 0;
    (void)sapi_add_header_ex(ZSTR_VAL(line.s), ZSTR_LEN(line.s), true, false);
    SG(headers_sent) = 1;
}

// Whether PHP would send all this in a cookie of its own.
bool is_sendable(std::string_view token_name) {
    return is_session_name(view(PS(session_name))) && is_cookie_name(token_name) &&
           is_cookie_attribute(view(PS(cookie_path))) &&
           is_cookie_attribute(view(PS(cookie_domain))) &&
           is_cookie_attribute(view(PS(cookie_samesite)));
}

void append_attributes(smart_str& line, bool is_removal) {
    if (is_removal)
        append(line, "; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0");
    else if (PS(cookie_lifetime) > 0)
        smart_str_append_printf(&line, "; Max-Age=" ZEND_LONG_FMT, PS(cookie_lifetime));
    append_attribute(line, "; path=", view(PS(cookie_path)));
    append_attribute(line, "; domain=", view(PS(cookie_domain)));
    if (PS(cookie_secure)) append(line, "; secure");
    if (PS(cookie_httponly)) append(line, "; HttpOnly");
    append_attribute(line, "; SameSite=", view(PS(cookie_samesite)));
}

}  // namespace

std::string_view received_token() {
    const zval* const cookies = &PG(http_globals)[TRACK_VARS_COOKIE];
    if (!PS(use_cookies) || Z_TYPE_P(cookies) != IS_ARRAY) return {};
    zend_string* const name = cookie_name();
    const zval* const value = zend_hash_find(Z_ARRVAL_P(cookies), name);
    zend_string_release(name);
    if (value == nullptr || Z_TYPE_P(value) != IS_STRING) return {};
    return view(Z_STR_P(value));
}

void keep_token(const service::Session& session) noexcept {
    if (!PS(use_cookies)) return;
    const std::string_view token = session.token();
    if (token.empty() || token.size() > sizeof SESSMIRROR_G(token)) return;
    std::copy(token.begin(), token.end(), SESSMIRROR_G(token));
    SESSMIRROR_G(token_size) = static_cast<unsigned char>(token.size());
}

void add_token_cookie(sapi_headers_struct* headers) {
    const std::string_view token(SESSMIRROR_G(token), SESSMIRROR_G(token_size));
    if (PS(mod) != &session_module || !PS(use_cookies)) return;
    if (token.empty() && received_token().empty()) return;
    const bool is_removal = script_removes_session_cookie(headers);
    if (token.empty() && !is_removal) return;
    SESSMIRROR_G(token_size) = 0;
    zend_string* const name = cookie_name();
    if (!is_sendable(view(name))) return zend_string_release(name);
    zend_string* const start = header_start(view(name));
    smart_str line = {};
    append(line, view(start));
    append(line, is_removal ? std::string_view("deleted") : token);
    append_attributes(line, is_removal);
    smart_str_0(&line);
    add_header(line);
    smart_str_free(&line);
    zend_string_release(start);
    zend_string_release(name);
}

}  // namespace sessmirror::shim
