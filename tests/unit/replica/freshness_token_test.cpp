// SPDX-License-Identifier: BSD-3-Clause
#include "replica/freshness_token.h"

#include <gtest/gtest.h>

#include <string>

namespace sessmirror::replica {
namespace {

const store::SessionKey kKey = store::derive_key("t:", "", "a");
const store::SessionKey kOther = store::derive_key("t:", "", "b");
const store::SessionKey kSecret = store::derive_key("t:", "secret", "a");
constexpr FreshnessToken kExact{{1'700'000'000, 0xFFFFFFFF}};
constexpr FreshnessToken kOpen{{0xFFFFFFFF, 0xFFFFFFFF}, FreshnessToken::Kind::Open};
constexpr FreshnessToken kEnded{{1, 2}, FreshnessToken::Kind::Ended};

TEST(FreshnessToken, ComesBackAsItWasGiven) {
    for (const FreshnessToken& token : {kExact, kOpen, kEnded}) {
        const TokenText text(token, kKey);
        EXPECT_EQ(parse_token(text.view(), kKey), token) << text.view();
    }
}

TEST(FreshnessToken, IsNoneForAnotherSessionOrAnotherSecret) {
    const TokenText text(kExact, kKey);
    EXPECT_FALSE(parse_token(text.view(), kOther));
    EXPECT_FALSE(parse_token(text.view(), kSecret));
}

TEST(FreshnessToken, IsNoneWhenAnyCharacterIsChangedOrMissing) {
    for (const FreshnessToken& token : {kExact, kOpen, kEnded}) {
        const TokenText text(token, kKey);
        const std::string good(text.view());
        for (std::size_t i = 0; i < good.size(); ++i) {
            EXPECT_FALSE(parse_token(good.substr(0, i), kKey));
            std::string bad = good;
            for (const char c : {'0', 'z', 'A', '.', '-', '\0', ' '}) {
                bad[i] = c;
                EXPECT_TRUE(bad == good || !parse_token(bad, kKey)) << bad;
            }
        }
        EXPECT_FALSE(parse_token(good + "0", kKey));
        EXPECT_FALSE(parse_token("0" + good, kKey));
    }
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
