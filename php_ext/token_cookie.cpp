// SPDX-License-Identifier: BSD-3-Clause
#include "token_cookie.h"

#include <string>
#include <vector>

#include "boundary.h"
#include "opened_session.h"
#include "php_sessmirror.h"
#include "response_tokens.h"
#include "worker.h"

namespace sessmirror::shim {
namespace {

std::vector<std::string_view> lines_of(const sapi_headers_struct& headers) {
    std::vector<std::string_view> lines;
    for (const zend_llist_element* element = headers.headers.head; element != nullptr;
         element = element->next) {
        const auto* header = reinterpret_cast<const sapi_header_struct*>(element->data);
        lines.emplace_back(header->header, header->header_len);
    }
    return lines;
}

// As setcookie() adds one: through the checks of PHP and the header handler of the SAPI, which is
// where Apache's module takes headers from. PHP counts them as sent by now.
void add_header(const std::string& line) {
    SG(headers_sent) = 0;
    (void)sapi_add_header_ex(const_cast<char*>(line.c_str()), line.size(), true, false);
    SG(headers_sent) = 1;
}

}  // namespace

CookieSettings cookie_settings() {
    CookieSettings settings;
    settings.name = view(PS(session_name));
    settings.path = view(PS(cookie_path));
    settings.domain = view(PS(cookie_domain));
    settings.samesite = view(PS(cookie_samesite));
    settings.lifetime_s = PS(cookie_lifetime);
    settings.is_secure = PS(cookie_secure);
    settings.is_http_only = PS(cookie_httponly);
#if PHP_VERSION_ID >= 80500
    settings.is_partitioned = zend_ini_long(const_cast<char*>("session.cookie_partitioned"),
                                            sizeof "session.cookie_partitioned" - 1, 0) != 0;
#endif
    return settings;
}

std::string_view received_cookies() noexcept {
    return view(const_cast<const char*>(SG(request_info).cookie_data));
}

void take_tokens(OpenedSession& handle, Worker& worker, const CookieSettings& settings,
                 std::string_view cookies, std::string_view id) {
    handle.terms = worker.terms_of(settings);
    if (worker.token_cookie() == settings.name) worker.report_token_cookie_taken(settings.name);
    const bool has_returned_id = !id.empty() && is_received(cookies, settings.name, id);
    handle.session->set_token(received_tokens(cookies, settings.name, worker.token_cookie()),
                              has_returned_id);
}

void keep_token(const OpenedSession& handle, Worker& worker, std::string_view id) {
    const service::Session& session = *handle.session;
    if (const auto token = session.token())
        worker.tokens().note(handle.terms, id,
                             {*token, session.has_new_token(), session.tells_a_change()});
}

void add_token_cookies(const sapi_headers_struct& headers) {
    Worker* const worker = SESSMIRROR_G(worker);
    if (worker == nullptr) return;
    const std::string_view session_name = view(PS(session_name));
    const std::string_view cookies = received_cookies();
    const auto lines = guarded([&]() -> Result<const std::vector<std::string>*> {
        return &worker->tokens().leave(
            {worker->token_cookie(), session_name, cookies, lines_of(headers)});
    });
    if (!lines) return;
    for (const std::string& line : **lines) add_header(line);
}

}  // namespace sessmirror::shim
