// SPDX-License-Identifier: BSD-3-Clause
// memcached has two notations for a lifetime; what is sent must mean what was asked for.
#include "store/memcached/ttl.h"

#include <gtest/gtest.h>

namespace sessmirror::store {
namespace {

constexpr std::uint32_t kNow = 1'800'000'000;
constexpr std::uint32_t kDay = 24 * 3600;
constexpr std::uint32_t kLastDate = 2'147'483'647;

TEST(MemcachedTtl, SendsUpTo30DaysAsTheyAreAndMoreAsADate) {
    EXPECT_EQ(item_ttl(1440, kNow), 1440u);
    EXPECT_EQ(item_ttl(30 * kDay, kNow), 30 * kDay);
    EXPECT_EQ(item_ttl(30 * kDay + 1, kNow), kNow + 30 * kDay + 1);
    EXPECT_EQ(item_ttl(60 * kDay, kNow), kNow + 60 * kDay);
}

TEST(MemcachedTtl, NeverMeansForEver) {
    EXPECT_EQ(item_ttl(0, kNow), 1u);
}

TEST(MemcachedTtl, EndsWithTheLastDateThatMemcachedKnows) {
    EXPECT_EQ(item_ttl(3650 * kDay, kLastDate - 100 * kDay), kLastDate);
    EXPECT_EQ(item_ttl(3650 * kDay, kLastDate - 10), 30 * kDay);
    EXPECT_EQ(item_ttl(3650 * kDay, 4'000'000'000), 30 * kDay);
}

TEST(MemcachedTtl, LetsChunksOutliveTheirItem) {
    EXPECT_EQ(chunk_ttl(100, kNow), 160u);
    EXPECT_EQ(chunk_ttl(30 * kDay, kNow), kNow + 30 * kDay + 60);
    EXPECT_EQ(chunk_ttl(60 * kDay, kNow), kNow + 60 * kDay + 60);
}

}  // namespace
}  // namespace sessmirror::store
