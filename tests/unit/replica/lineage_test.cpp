// SPDX-License-Identifier: BSD-3-Clause
#include "replica/lineage.h"

#include <gtest/gtest.h>

namespace sessmirror::test {
namespace {

using record::Version;
using replica::Lineage;

record::Envelope made(Version version, record::Ancestry ancestors,
                      Version incarnation = Version::none()) {
    record::Envelope envelope;
    envelope.version = version;
    envelope.ancestors = ancestors;
    envelope.incarnation = incarnation;
    return envelope;
}

record::Envelope first_format(Version version, Version parent) {
    record::Envelope envelope = made(version, {});
    if (!parent.is_none()) envelope.ancestors = {parent};
    envelope.format = record::Format::First;
    return envelope;
}

TEST(Lineage, CoversAVersionAndWhatItWasMadeFrom) {
    Lineage lineage;
    lineage.add(made({9, 1}, {{6, 1}, {5, 77}}));
    EXPECT_TRUE(lineage.covers(Version{9, 1}));
    EXPECT_TRUE(lineage.covers(Version{6, 1}));
    EXPECT_TRUE(lineage.covers(Version{5, 77}));
    EXPECT_EQ(lineage.newest(), (Version{9, 1}));
}

TEST(Lineage, DoesNotCoverWhatWasWrittenBesideAKnownVersion) {
    Lineage lineage;
    lineage.add(made({9, 1}, {{6, 1}, {5, 77}}));
    for (const Version other : {Version{6, 2}, {7, 1}, {9, 2}, {10, 1}, {5, 78}, {3, 1}})
        EXPECT_FALSE(lineage.covers(other)) << other.generation;
}

TEST(Lineage, CoversNothingWhenNothingIsKnown) {
    EXPECT_FALSE(Lineage().covers(Version{1, 1}));
    EXPECT_TRUE(Lineage().newest().is_none());
}

TEST(Lineage, CoversWhatATombstoneEndedThatItDescendsFrom) {
    Lineage lineage;
    lineage.add(made({9, 1}, {{6, 1}}, {6, 1}));
    EXPECT_TRUE(lineage.covers(made({8, 1}, {{5, 1}})));
    EXPECT_FALSE(lineage.covers(made({8, 1}, {{6, 1}}, {6, 1})));
    EXPECT_FALSE(lineage.covers(made({8, 1}, {{7, 1}}, {7, 1})));
}

TEST(Lineage, ReasonsWithGenerationsWhereTheFirstFormatNamesNoMore) {
    Lineage lineage;
    lineage.add(first_format({9, 1}, {6, 1}));
    EXPECT_TRUE(lineage.covers(Version{6, 1}));
    EXPECT_TRUE(lineage.covers(Version{5, 77}));
    EXPECT_FALSE(lineage.covers(Version{6, 2}));
    EXPECT_FALSE(lineage.covers(Version{7, 1}));
    Lineage created;
    created.add(first_format({9, 1}, Version::none()));
    EXPECT_FALSE(created.covers(Version{3, 1}));
}

TEST(Lineage, PassesOnWhatAVersionMadeOfAllOfItDescendsFrom) {
    Lineage lineage;
    lineage.add(made({9, 1}, {{6, 1}, {5, 1}}));
    lineage.add(made({8, 2}, {{6, 1}, {4, 2}}));
    lineage.add(Version{10, 3});
    EXPECT_EQ(lineage.ancestors(),
              (record::Ancestry{{10, 3}, {9, 1}, {8, 2}, {6, 1}, {5, 1}, {4, 2}}));
}

TEST(WritesLost, AreThoseOfTheLosersSideAlone) {
    Lineage standing;
    standing.add(made({20, 1}, {{10, 1}, {9, 1}, {8, 1}}));
    EXPECT_EQ(replica::writes_lost(standing, made({9, 1}, {{8, 1}})), 0u);
    EXPECT_EQ(replica::writes_lost(standing, made({11, 2}, {{10, 1}, {9, 1}})), 1u);
    EXPECT_EQ(replica::writes_lost(standing, made({13, 2}, {{12, 2}, {11, 2}, {10, 1}})), 3u);
    // Two sides that both began with nothing.
    EXPECT_EQ(replica::writes_lost(standing, made({7, 2}, {{6, 2}})), 2u);
    // No common ancestor within reach: the loser itself, and no more can be proven.
    EXPECT_EQ(replica::writes_lost(standing, made({7, 2}, {{6, 2}, {5, 2}, {4, 2}, {3, 2}})), 1u);
}

}  // namespace
}  // namespace sessmirror::test
