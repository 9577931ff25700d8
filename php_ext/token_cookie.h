// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "php_compat.h"

namespace sessmirror::service {
class Session;
}

namespace sessmirror::shim {

// The cookie that carries the freshness token (replica/freshness_token.h): named by
// sessmirror.token_cookie, or the session's name followed by "_V"; with the attributes of the
// session's cookie; absent with session.use_cookies = 0.

// What the client sent; empty when nothing.
std::string_view received_token();

// Keeps what the session wants the client to know until the headers leave; the latest counts.
void keep_token(const service::Session& session) noexcept;

// Adds the kept token to headers that are about to leave. Where the script takes the session's
// cookie away, the token's goes with it.
void add_token_cookie(sapi_headers_struct* headers);

}  // namespace sessmirror::shim
