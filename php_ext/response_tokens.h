// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "cookie_terms.h"
#include "cookies.h"
#include "service/token_draft.h"

namespace sessmirror::shim {

// What the client of one session is to know.
struct TokenNews {
    service::TokenDraft token;
    bool is_new = false;     // the client does not have it already
    bool is_change = false;  // the session was changed, not only read
};

// The freshness tokens of one response (replica/freshness_token.h), and the cookies that carry
// them. A page may have several sessions; each has its token, under its own name.
//
// A token goes where its session's cookie goes. If the response sets that cookie, whoever set it,
// the token gets the attributes that stand there. If the client returned it, the token gets those
// of the session's settings. Otherwise the id travels in another way, and no token is sent. Where
// the response takes the session's cookie away, the token's goes with it.
//
// Nothing here calls PHP.
class ResponseTokens {
  public:
    // Replaces what was noted of the same session. Ignored once the headers have left.
    void note(const SharedTerms& terms, std::string_view id, const TokenNews& news);

    // What a response looks like when its headers leave. `chosen_name` is
    // sessmirror.token_cookie, `session_name` that of the session that is or would be open.
    struct Response {
        std::string_view chosen_name;
        std::string_view session_name;
        std::string_view received;  // the request's header "Cookie"
        std::vector<std::string_view> headers;
    };

    // The headers to be added, whole lines; valid until the next call. Nothing is noted any more.
    const std::vector<std::string>& leave(const Response& response);

    // Whether the headers have left.
    [[nodiscard]] bool have_left() const noexcept { return have_left_; }

    // For the next response.
    void clear() noexcept;

  private:
    struct Entry {
        SharedTerms terms;
        std::string id;
        TokenNews news;
    };

    static constexpr std::size_t kMaxEntries = 16;  // a process without responses never sends any

    void set_cookies_of(std::string_view session_name, const Response& response);
    void follow(const SetCookie& sent, std::string_view session_name, const Response& response);
    void follow_received(std::string_view session_name, const Response& response,
                         const std::vector<SetCookie>& sent);
    void remove(const SetCookie& removed, const Response& response);
    [[nodiscard]] std::list<Entry>::iterator place_of(const SharedTerms& terms,
                                                      std::string_view id);
    [[nodiscard]] const Entry* find(std::string_view session_name, std::string_view value) const;
    [[nodiscard]] std::string pick_name(std::string_view session_name,
                                        const Response& response) const;
    [[nodiscard]] bool is_of_somebody_else(std::string_view name, const Response& response) const;
    void add(std::string_view name, std::string_view token, std::string_view attributes);

    std::list<Entry> entries_;  // latest last
    std::vector<std::string> lines_;
    bool have_left_ = false;
};

// All tokens of a session that the client returned, separated by blanks.
std::string received_tokens(std::string_view cookie_header, std::string_view session_name,
                            std::string_view chosen_name);

// Whether the client returned a cookie with this name and value.
bool is_received(std::string_view cookie_header, std::string_view name, std::string_view value);

}  // namespace sessmirror::shim
