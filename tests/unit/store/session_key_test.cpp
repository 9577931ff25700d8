// SPDX-License-Identifier: BSD-3-Clause
#include "store/session_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sessmirror::store {
namespace {

std::string key(std::string_view id, std::string_view secret = "",
                std::string_view prefix = "sm:") {
    return std::string(derive_key(prefix, secret, id).text());
}

TEST(SessionKey, HasTheValuesOfTheFormatDocument) {
    // Computed by another implementation of BLAKE2b.
    EXPECT_EQ(key(""), "sm:2guttEp4rrTXykdZiKsmnV81DThNWo8W");
    EXPECT_EQ(key("abc"), "sm:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz");
    EXPECT_EQ(key("abc", "correct horse battery staple"), "sm:ZEG17Ax2_rZvWJjK4KZsPuR3ejoGa382");
    EXPECT_EQ(key("abc", std::string(100, 'x')), "sm:1vcYMKzyhcR_sRgyKtvrU6xCgKxcNg1o");
}

std::vector<std::string> hostile_ids() {
    return {"",
            "a",
            "A",
            "a ",
            " a",
            "a\r\nflush_all\r\n",
            "a\nset b 0 0 1\n1\n",
            std::string("a\0b", 3),
            std::string("a\0", 2),
            std::string(1, '\0'),
            std::string(250, 'k'),
            std::string(251, 'k'),
            std::string(6000, 'k'),
            std::string(1 << 20, 'k'),
            "../../etc/passwd",
            "..",
            "/",
            "sm:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz",
            "a.l",
            "a|b",
            "\xd1\x81\xd0\xb5\xd1\x81\xd1\x81\xd0\xb8\xd1\x8f",
            "\xe4\xbc\x9a\xe8\xa9\xb1",
            "\xff\xfe\x80",
            "%0d%0aflush_all",
            "' OR 1=1 --",
            "*1\r\n$8\r\nFLUSHALL\r\n",
            "\x1b[2J"};
}

TEST(SessionKey, IsHarmlessWhateverTheClientSends) {
    for (const std::string& id : hostile_ids()) {
        for (const std::string_view secret : {"", "secret"}) {
            const SessionKey made = derive_key("app_1.x:", secret, id);
            ASSERT_EQ(made.text().size(), 8 + SessionKey::kHashChars);
            EXPECT_TRUE(made.text().starts_with("app_1.x:"));
            EXPECT_TRUE(std::all_of(made.hashed().begin(), made.hashed().end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
            })) << made.text();
        }
    }
}

TEST(SessionKey, IsSharedByNoTwoIds) {
    std::set<std::string> keys;
    const auto ids = hostile_ids();
    for (const std::string& id : ids) keys.insert(key(id));
    EXPECT_EQ(keys.size(), ids.size());
}

TEST(SessionKey, DependsOnTheSecretButTheHashNotOnThePrefix) {
    EXPECT_NE(key("abc", "one"), key("abc", "two"));
    EXPECT_NE(key("abc", ""), key("abc", "one"));
    EXPECT_EQ(derive_key("a:", "", "abc").hashed(), derive_key("bcd:", "", "abc").hashed());
    EXPECT_EQ(derive_key("a:", "s", "abc"), derive_key("a:", "s", "abc"));
}

TEST(SessionKey, FitsTheLongestPrefix) {
    const std::string prefix(SessionKey::kMaxPrefix, 'p');
    ASSERT_TRUE(check_key_prefix(prefix));
    EXPECT_EQ(derive_key(prefix, "", "abc").text().size(), 96u);
}

TEST(SessionKey, PrefixesThatCouldReachAProtocolAreRefused) {
    EXPECT_TRUE(check_key_prefix(""));
    EXPECT_TRUE(check_key_prefix("My-app_1.x:"));
    EXPECT_FALSE(check_key_prefix(std::string(SessionKey::kMaxPrefix + 1, 'p')));
    const std::vector<std::string> bad = {"a b", "a\r\n",    std::string("a\0", 2),
                                          "a|",  "\xc3\xa4", "a/b"};
    for (const std::string& prefix : bad) {
        const Status status = check_key_prefix(prefix);
        ASSERT_FALSE(status) << prefix;
        EXPECT_EQ(status.error().code, Errc::BadConfig);
    }
}

}  // namespace
}  // namespace sessmirror::store
