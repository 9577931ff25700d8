// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "record/version.h"
#include "store/session_key.h"

namespace sessmirror::replica {

// What a client returns to say which version of its session it has seen last: a small cookie beside
// the session's. It is what makes a local copy provably fresh without asking anybody. (Cosmos DB's
// session token and MediaWiki's ChronologyProtector are the same idea.)
//
// A copy is fresh when its version is the token's, or has a higher generation. An equal generation
// with another nonce is a fork, and not fresh.
struct FreshnessToken {
    enum class Kind : std::uint8_t {
        Exact,
        // The headers left while the session was still open: a later write of that request may
        // follow `version`. Whether it did only the session's home can tell.
        Open,
        // The session was destroyed as `version`: whatever is older is gone for this client, even
        // where no store in reach has heard of it.
        Ended,
    };
    record::Version version;  // none() when nothing was stored yet and the session is open
    Kind kind = Kind::Exact;

    [[nodiscard]] bool is_met_by(record::Version stored) const noexcept {
        return stored == version || stored.generation > version.generation;
    }
    friend bool operator==(const FreshnessToken&, const FreshnessToken&) = default;
};

// A token as cookie value, in base 36: `<generation>.<nonce>.<tag>`, with a dash for the second dot
// when it is open, and an underscore when it is the end. The tag is a hash of the rest keyed with
// the session's key: a token of another session (after a regenerate, or a log-in as somebody else)
// or one that was cut short is no token. As that key depends on sessmirror.secret, nobody can forge
// a token where a secret is set; elsewhere whoever forges one for his own session makes his own
// reads slower, and nothing else.
class TokenText {
  public:
    static constexpr std::size_t kMax = 32;

    TokenText() = default;
    TokenText(const FreshnessToken& token, const store::SessionKey& key) noexcept;
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

  private:
    std::array<char, kMax> text_{};
    std::uint8_t size_ = 0;
};

// nullopt for anything that TokenText did not make for this session. Accepts any input.
std::optional<FreshnessToken> parse_token(std::string_view text,
                                          const store::SessionKey& key) noexcept;

}  // namespace sessmirror::replica
