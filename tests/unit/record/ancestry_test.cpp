// SPDX-License-Identifier: BSD-3-Clause
#include "record/ancestry.h"

#include <gtest/gtest.h>

namespace sessmirror::record {
namespace {

using Members = Ancestry::Members;

Ancestry chain(std::uint32_t newest, std::uint32_t step, std::size_t length) {
    Ancestry out;
    for (std::uint32_t i = 0; i < length; ++i) out.push({newest - i * step, 1});
    return out;
}

TEST(Ancestry, KeepsItsOrderWhateverIsAdded) {
    Ancestry ancestry{{30, 1}, {20, 1}};
    for (const Version version : {Version{25, 1}, {40, 1}, {10, 1}, {25, 1}, {20, 2}})
        ancestry.add(version);
    EXPECT_EQ(ancestry, (Ancestry{{40, 1}, {30, 1}, {25, 1}, {20, 2}, {20, 1}, {10, 1}}));
    EXPECT_EQ(ancestry.parent(), (Version{40, 1}));
    EXPECT_TRUE(ancestry.contains({20, 2}));
    EXPECT_FALSE(ancestry.contains({20, 3}));
}

TEST(Ancestry, LosesTheOldestWhenThereIsNoRoom) {
    Ancestry ancestry = chain(1000, 10, Ancestry::kMost);
    const Version oldest = ancestry[Ancestry::kMost - 1];
    ancestry.add({1001, 1});
    EXPECT_EQ(ancestry.parent(), (Version{1001, 1}));
    EXPECT_EQ(ancestry.size(), Ancestry::kMost);
    EXPECT_FALSE(ancestry.contains(oldest));
    ancestry.add({1, 1});
    EXPECT_FALSE(ancestry.contains({1, 1}));
}

TEST(Ancestry, KeepsTheLastFewAndThoseOfTheLastSeconds) {
    Ancestry quiet = chain(1000, 60, 10);
    quiet.trim(1060, Members::AllThere);
    EXPECT_EQ(quiet.size(), Ancestry::kLeast);
    Ancestry busy = chain(1000, 1, 20);
    busy.trim(1001, Members::AllThere);
    EXPECT_EQ(busy.size(), std::size_t{Ancestry::kWindow});
    // Generations that run ahead of the clock, since many write within a second.
    Ancestry burst = chain(1000, 1, 30);
    burst.trim(971, Members::AllThere);
    EXPECT_EQ(burst.size(), 30u);
    Ancestry full = chain(1000, 1, Ancestry::kMost);
    full.trim(900, Members::AllThere);
    EXPECT_EQ(full.size(), Ancestry::kMost - 1) << "there is room for what comes next";
}

TEST(Ancestry, KeepsWhatAMemberThatIsAwayMayHold) {
    Ancestry ancestry = chain(1000, 60, 4);
    const Version held = ancestry[0];
    for (std::uint32_t now = 1060; now < 9000; now += 60) {
        ancestry.trim(now, Members::SomeAway);
        ancestry.add({now, 1});
        ASSERT_TRUE(ancestry.contains(held)) << now;
        ASSERT_LE(ancestry.size(), Ancestry::kRoots + Ancestry::kLeast + 1);
    }
    ancestry.trim(9060, Members::AllThere);
    EXPECT_FALSE(ancestry.contains(held));
    EXPECT_EQ(ancestry.size(), Ancestry::kLeast);
}

TEST(Ancestry, KeepsTheRootsOfABusySessionToo) {
    Ancestry ancestry = chain(1000, 1, 12);
    const Version held = ancestry[0];
    for (std::uint32_t version = 1001; version < 1300; ++version) {
        ancestry.trim(1000, Members::SomeAway);
        ancestry.add({version, 1});
        ASSERT_TRUE(ancestry.contains(held)) << version;
        ASSERT_TRUE(ancestry.contains({version, 1}));
        ASSERT_LE(ancestry.size(), Ancestry::kMost);
    }
}

}  // namespace
}  // namespace sessmirror::record
