// SPDX-License-Identifier: BSD-3-Clause
#include "base/error.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/result.h"

namespace sessmirror {
namespace {

TEST(Error, KeepsWhatHappenedAndWhere) {
    const Error error = Error(Errc::Timeout, "%s after %d ms", "10.0.0.1", 5).at_store(3);
    EXPECT_EQ(error.code, Errc::Timeout);
    EXPECT_STREQ(error.detail, "10.0.0.1 after 5 ms");
    EXPECT_EQ(error.store, 3);
}

TEST(Error, CutsTextsThatDoNotFit) {
    const std::string longer(1000, 'x');
    Error error(Errc::Internal, "%s", longer.c_str());
    EXPECT_EQ(std::string(error.detail).size(), sizeof error.detail - 1);
    error.append("more");
    EXPECT_EQ(std::string(error.detail).size(), sizeof error.detail - 1);
}

TEST(Error, AppendsToItsText) {
    Error error(Errc::NoStore, "a: refused");
    error.append("; %s: %s", "b", "timeout");
    EXPECT_STREQ(error.detail, "a: refused; b: timeout");
}

TEST(Error, DescribesEveryCodeInItsOwnWords) {
    std::set<std::string> texts;
    for (int code = 0; code <= static_cast<int>(Errc::Internal); ++code)
        texts.insert(describe(static_cast<Errc>(code)));
    EXPECT_EQ(texts.size(), static_cast<std::size_t>(Errc::Internal) + 1);
    EXPECT_EQ(texts.count("unknown error"), 0u);
}

TEST(Result, HoldsAValueOrAnError) {
    const Result<int> good = 7;
    const Result<int> bad = Error(Errc::Refused, "no");
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, 7);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, Errc::Refused);
    EXPECT_EQ(good.value_or(1), 7);
    EXPECT_EQ(bad.value_or(1), 1);
}

}  // namespace
}  // namespace sessmirror
