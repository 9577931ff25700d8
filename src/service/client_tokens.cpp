// SPDX-License-Identifier: BSD-3-Clause
#include "service/client_tokens.h"

#include <algorithm>

namespace sessmirror::service {

// A client that was given tokens for several paths returns several. Of two that name the same
// version the one counts that asks for more.
std::optional<ClientTokens::Token> ClientTokens::judge(const store::SessionKey& key) noexcept {
    sent_.reset();
    if (!is_in_use_) return std::nullopt;
    std::string_view rest = received_;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const auto seen = replica::parse_token(rest.substr(0, end), key, seal_);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!seen) continue;
        const bool is_newer = !sent_ ||
                              seen->version.generation > sent_->token.version.generation ||
                              (seen->version.generation == sent_->token.version.generation &&
                               seen->kind > sent_->token.kind);
        if (is_newer) sent_ = Told{*seen, key};
    }
    return sent_ ? std::optional(sent_->token) : std::nullopt;
}

void ClientTokens::tell(const Token& what, const store::SessionKey& key) noexcept {
    if (is_in_use_) news_ = Told{what, key};
}

void ClientTokens::tell_change(const Token& what, const store::SessionKey& key) noexcept {
    tell(what, key);
    is_change_ = true;
}

void ClientTokens::open_news() noexcept {
    if (news_ && news_->token.kind == Token::Kind::Exact) news_->token.kind = Token::Kind::Open;
}

std::string TokenDraft::text() const {
    return std::string(replica::TokenText(token_, key_, seal_).view());
}

}  // namespace sessmirror::service
