// SPDX-License-Identifier: BSD-3-Clause
#include "replica/freshness_token.h"

#include <gtest/gtest.h>

#include <string>

namespace sessmirror::replica {
namespace {

const store::SessionKey kKey = store::derive_key("t:", "", "a");
const store::SessionKey kOther = store::derive_key("t:", "", "b");
const TokenSeal kOpenSeal("");
const TokenSeal kSeal("correct horse battery staple");
const TokenSeal kOtherSeal("another horse");
constexpr FreshnessToken kExact{{1'700'000'000, 0xFFFFFFFF}};
constexpr FreshnessToken kOpen{{0xFFFFFFFF, 0xFFFFFFFF}, FreshnessToken::Kind::Open};
constexpr FreshnessToken kEnded{{1, 2}, FreshnessToken::Kind::Ended};

TEST(FreshnessToken, ComesBackAsItWasGiven) {
    for (const FreshnessToken& token : {kExact, kOpen, kEnded}) {
        const TokenText text(token, kKey, kSeal);
        EXPECT_EQ(parse_token(text.view(), kKey, kSeal), token) << text.view();
    }
}

TEST(FreshnessToken, IsNoneForAnotherSessionOrAnotherSecret) {
    const TokenText text(kExact, kKey, kSeal);
    EXPECT_FALSE(parse_token(text.view(), kOther, kSeal));
    EXPECT_FALSE(parse_token(text.view(), kKey, kOtherSeal));
    EXPECT_FALSE(parse_token(text.view(), kKey, kOpenSeal));
}

TEST(FreshnessToken, IsNoneWhenAnyCharacterIsChangedOrMissing) {
    for (const FreshnessToken& token : {kExact, kOpen, kEnded}) {
        const TokenText text(token, kKey, kSeal);
        const std::string good(text.view());
        for (std::size_t i = 0; i < good.size(); ++i) {
            EXPECT_FALSE(parse_token(good.substr(0, i), kKey, kSeal));
            std::string bad = good;
            for (const char c : {'0', 'z', 'A', '.', '-', '\0', ' '}) {
                bad[i] = c;
                EXPECT_TRUE(bad == good || !parse_token(bad, kKey, kSeal)) << bad;
            }
        }
        EXPECT_FALSE(parse_token(good + "0", kKey, kSeal));
        EXPECT_FALSE(parse_token("0" + good, kKey, kSeal));
    }
}

// Whoever can list a store knows the names of sessions, and must not be able to make tokens of
// them.
TEST(FreshnessToken, IsNotSealedWithWhatAStoreSees) {
    const store::SessionKey named = *store::SessionKey::from_text(kKey.text());
    for (const std::string_view guess : {kKey.text(), kKey.hashed(), std::string_view()}) {
        const TokenText forged(kExact, named, TokenSeal(guess));
        EXPECT_FALSE(parse_token(forged.view(), kKey, kSeal)) << guess;
    }
    EXPECT_TRUE(kSeal.is_secret());
    EXPECT_FALSE(kOpenSeal.is_secret());
}

TEST(FreshnessToken, IsMetByItsVersionAndByHigherGenerationsOnly) {
    const FreshnessToken token{{100, 7}};
    EXPECT_TRUE(token.is_met_by({100, 7}));
    EXPECT_TRUE(token.is_met_by({101, 1}));
    EXPECT_FALSE(token.is_met_by({100, 8}));  // a fork
    EXPECT_FALSE(token.is_met_by({99, 9}));
    EXPECT_FALSE(token.is_met_by({}));
}

}  // namespace
}  // namespace sessmirror::replica
