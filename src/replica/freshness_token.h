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

// What tokens are sealed with: a key made of sessmirror.secret, never of anything that a store can
// see. Made once for a configuration. Without a secret the key is known to everybody, and tells
// damage from tokens but no forgery.
class TokenSeal {
  public:
    static constexpr std::size_t kKey = 16;

    explicit TokenSeal(std::string_view secret) noexcept;
    // Whether nobody else can make tokens.
    [[nodiscard]] bool is_secret() const noexcept { return is_secret_; }
    // 40 bits over the claim, for this session.
    [[nodiscard]] std::uint64_t tag(std::string_view claim,
                                    const store::SessionKey& key) const noexcept;

  private:
    std::array<unsigned char, kKey> key_{};
    bool is_secret_;
};

// A token as cookie value, in base 36: `<generation>.<nonce>.<tag>`, with a dash for the second dot
// when it is open, and an underscore when it is the end. The tag is a keyed hash (SipHash-2-4,
// Aumasson and Bernstein, 2012) of the rest and of the session's key: a token of another session
// (after a regenerate, or a log-in as somebody else) or one that was cut short is no token. Where a
// secret is set nobody can forge one; elsewhere whoever forges one for his own session makes his
// own reads slower, which is counted apart (pool::Counter::UnmetTokens).
class TokenText {
  public:
    static constexpr std::size_t kMax = 32;

    TokenText() = default;
    TokenText(const FreshnessToken& token, const store::SessionKey& key,
              const TokenSeal& seal) noexcept;
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

  private:
    std::array<char, kMax> text_{};
    std::uint8_t size_ = 0;
};

// nullopt for anything that TokenText did not make for this session. Accepts any input.
std::optional<FreshnessToken> parse_token(std::string_view text, const store::SessionKey& key,
                                          const TokenSeal& seal) noexcept;

}  // namespace sessmirror::replica
