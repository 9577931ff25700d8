// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "cookie_terms.h"
#include "php_compat.h"

namespace sessmirror::shim {

class Worker;
struct OpenedSession;

// The cookie that carries the freshness token (replica/freshness_token.h), named by
// sessmirror.token_cookie, or the session's name followed by "_V"; which tokens leave, and how, is
// decided in response_tokens.h.

// How PHP sends the session's cookie now.
CookieSettings cookie_settings();

// The request's header "Cookie"; empty when there is none.
std::string_view received_cookies() noexcept;

// Brings a session that is being opened the client's tokens, and makes it remember `settings`. `id`
// is what PHP has for an id by now, if it has one. REQUIRES: inside of guarded().
void take_tokens(OpenedSession& handle, Worker& worker, const CookieSettings& settings,
                 std::string_view cookies, std::string_view id);

// Keeps what the session wants its client to know until the headers leave. REQUIRES: inside of
// guarded().
void keep_token(const OpenedSession& handle, Worker& worker, std::string_view id);

// Adds the kept tokens to headers that are about to leave.
void add_token_cookies(const sapi_headers_struct& headers);

}  // namespace sessmirror::shim
