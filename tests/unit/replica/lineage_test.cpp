// SPDX-License-Identifier: BSD-3-Clause
#include "replica/lineage.h"

#include <gtest/gtest.h>

namespace sessmirror::test {
namespace {

using record::Version;
using replica::Lineage;

record::Envelope made(Version version, Version parent) {
    record::Envelope envelope;
    envelope.version = version;
    envelope.parent = parent;
    return envelope;
}

TEST(Lineage, CoversAVersionItsParentAndWhatIsOlder) {
    Lineage lineage;
    lineage.add(made({9, 1}, {6, 1}));
    EXPECT_TRUE(lineage.covers({9, 1}));
    EXPECT_TRUE(lineage.covers({6, 1}));
    EXPECT_TRUE(lineage.covers({5, 77}));
    EXPECT_EQ(lineage.newest(), (Version{9, 1}));
}

TEST(Lineage, DoesNotCoverWhatWasWrittenBesideAKnownVersion) {
    Lineage lineage;
    lineage.add(made({9, 1}, {6, 1}));
    EXPECT_FALSE(lineage.covers({6, 2}));
    EXPECT_FALSE(lineage.covers({7, 1}));
    EXPECT_FALSE(lineage.covers({9, 2}));
    EXPECT_FALSE(lineage.covers({10, 1}));
}

TEST(Lineage, CoversNothingWhenNothingIsKnown) {
    EXPECT_FALSE(Lineage().covers({1, 1}));
    EXPECT_TRUE(Lineage().newest().is_none());
}

TEST(Lineage, DoesNotTakeAFirstVersionForTheFollowerOfAnyOther) {
    Lineage lineage;
    lineage.add(made({9, 1}, Version::none()));
    EXPECT_FALSE(lineage.covers({3, 1}));
}

}  // namespace
}  // namespace sessmirror::test
