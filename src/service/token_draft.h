// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "replica/freshness_token.h"
#include "store/session_key.h"

namespace sessmirror::service {

// A freshness token that a response may have to carry. It is written out, which costs a hash, only
// when a header carries it: most pages send none. Plain data, which needs nothing to live on.
class TokenDraft {
  public:
    TokenDraft(const replica::FreshnessToken& token, const store::SessionKey& key,
               const replica::TokenSeal& seal) noexcept
        : token_(token), key_(key), seal_(seal) {}

    [[nodiscard]] std::string text() const;

  private:
    replica::FreshnessToken token_;
    store::SessionKey key_;
    replica::TokenSeal seal_;
};

}  // namespace sessmirror::service
