// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "replica/freshness_token.h"
#include "service/token_draft.h"
#include "store/session_key.h"

namespace sessmirror::service {

// The freshness tokens between one open session and its client: those that came with the request,
// and the one that the response has to bring. With `freshness` other than `token` there are none.
class ClientTokens {
  public:
    using Token = replica::FreshnessToken;

    // The seal outlives this.
    ClientTokens(const replica::TokenSeal& seal, bool is_in_use) noexcept
        : seal_(seal), is_in_use_(is_in_use) {}

    // What the client sent: any text, several tokens separated by spaces, or nothing.
    // `is_expected`: a client that returns its cookies would have sent one.
    void receive(std::string_view text, bool is_expected) {
        received_ = text;
        is_expected_ = is_expected;
    }
    [[nodiscard]] bool are_in_use() const noexcept { return is_in_use_; }
    [[nodiscard]] bool is_expected() const noexcept { return is_in_use_ && is_expected_; }

    // Which of the received tokens counts for this session, from now on.
    std::optional<Token> judge(const store::SessionKey& key) noexcept;

    // What the response has to say. The last one counts.
    void tell(const Token& what, const store::SessionKey& key) noexcept;
    void tell_change(const Token& what, const store::SessionKey& key) noexcept;
    // A later write may follow the version that the response tells.
    void open_news() noexcept;

    [[nodiscard]] bool tells_a_change() const noexcept { return news_ && is_change_; }
    [[nodiscard]] bool has_news() const noexcept { return news_.has_value(); }
    // The news, or what the client sent.
    [[nodiscard]] std::optional<TokenDraft> in_force() const noexcept {
        const std::optional<Told>& told = news_ ? news_ : sent_;
        return told ? std::optional(TokenDraft(told->token, told->key, seal_)) : std::nullopt;
    }

  private:
    // A token, and of which session.
    struct Told {
        Token token;
        store::SessionKey key;
    };

    const replica::TokenSeal& seal_;
    const bool is_in_use_;
    std::string received_;
    bool is_expected_ = false;
    std::optional<Told> sent_;  // the received one that counts
    std::optional<Told> news_;
    bool is_change_ = false;  // the news are of a write of this request
};

}  // namespace sessmirror::service
