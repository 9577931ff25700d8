// SPDX-License-Identifier: BSD-3-Clause
#include "record/merge.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sessmirror::record {
namespace {

using enum Serialization;

constexpr std::string_view kBase = "a|i:1;b|i:2;c|i:3;";

Merge merged(std::string_view mine, std::string_view theirs,
             const std::vector<std::string>& protected_keys = {}) {
    return three_way_merge(Php, kBase, mine, theirs, protected_keys);
}

TEST(ThreeWayMerge, KeepsBothSidesChangesOfDifferentKeys) {
    const Merge merge = merged("a|i:10;b|i:2;c|i:3;m|i:7;", "a|i:1;b|i:20;c|i:3;t|i:8;");
    EXPECT_EQ(merge.outcome, Merge::Outcome::Merged);
    EXPECT_EQ(merge.payload, "a|i:10;b|i:20;c|i:3;t|i:8;m|i:7;");
    EXPECT_EQ(merge.collisions, 0u);
}

TEST(ThreeWayMerge, TakesARemovalForAChange) {
    EXPECT_EQ(merged("b|i:2;c|i:3;", "a|i:1;b|i:2;").payload, "b|i:2;");
    EXPECT_EQ(merged("b|i:2;c|i:3;", "a|i:1;b|i:2;").collisions, 0u);
    EXPECT_EQ(merged("", std::string(kBase)).payload, "");
}

TEST(ThreeWayMerge, GivesAKeyThatBothChangedToMineAndCountsIt) {
    const Merge merge = merged("a|i:10;b|i:2;c|i:3;", "a|i:11;b|i:2;c|i:3;");
    EXPECT_EQ(merge.payload, "a|i:10;b|i:2;c|i:3;");
    EXPECT_EQ(merge.collisions, 1u);
}

TEST(ThreeWayMerge, CountsAKeyThatOneSideRemovedAndTheOtherChanged) {
    const Merge kept = merged("a|i:10;b|i:2;c|i:3;", "b|i:2;c|i:3;");
    EXPECT_EQ(kept.payload, "b|i:2;c|i:3;a|i:10;");
    EXPECT_EQ(kept.collisions, 1u);
    const Merge removed = merged("b|i:2;c|i:3;", "a|i:10;b|i:2;c|i:3;");
    EXPECT_EQ(removed.payload, "b|i:2;c|i:3;");
    EXPECT_EQ(removed.collisions, 1u);
}

TEST(ThreeWayMerge, CountsEqualChangesBecauseOneOfTwoIncrementsIsLost) {
    EXPECT_EQ(merged("a|i:2;b|i:2;c|i:3;", "a|i:2;b|i:2;c|i:3;").collisions, 1u);
    EXPECT_EQ(merged("a|i:1;b|i:2;", "a|i:1;b|i:2;").collisions, 1u);  // a ticket used twice
}

TEST(ThreeWayMerge, GivesAProtectedKeyThatBothChangedToTheirs) {
    const Merge merge = merged("a|i:10;b|i:12;c|i:3;", "a|i:11;b|i:22;c|i:3;", {"x", "a"});
    EXPECT_EQ(merge.payload, "a|i:11;b|i:12;c|i:3;");
    EXPECT_EQ(merge.collisions, 2u);
    EXPECT_EQ(merged("a|i:10;b|i:2;c|i:3;", "b|i:2;c|i:3;", {"a"}).payload, "b|i:2;c|i:3;");
    EXPECT_EQ(merged("a|i:10;b|i:2;c|i:3;", std::string(kBase), {"a"}).payload,
              "a|i:10;b|i:2;c|i:3;");
}

TEST(ThreeWayMerge, WorksInEveryFormThatCanBeTakenApart) {
    EXPECT_EQ(three_way_merge(PhpSerialize, "", R"(a:1:{s:1:"m";R:2;})", "").outcome,
              Merge::Outcome::Unsplittable);
    EXPECT_EQ(three_way_merge(PhpSerialize, "", R"(a:1:{s:1:"m";i:1;})",
                              R"(a:2:{i:0;a:2:{i:0;N;i:1;R:3;}i:1;N;})")
                  .payload,
              R"(a:3:{i:0;a:2:{i:0;N;i:1;R:3;}i:1;N;s:1:"m";i:1;})");
    EXPECT_EQ(three_way_merge(PhpBinary, "", "\1mi:1;", "\1ti:2;").payload, "\1ti:2;\1mi:1;");
    EXPECT_EQ(three_way_merge(PhpSerialize, R"(a:1:{i:0;N;})", "a:0:{}", R"(a:1:{i:0;N;})").payload,
              "a:0:{}");
}

TEST(ThreeWayMerge, MovesReferencesWithTheirKey) {
    const Merge merge = three_way_merge(Php, "", "o|a:2:{i:0;i:5;i:1;R:2;}", "t|a:1:{i:0;N;}");
    EXPECT_EQ(merge.payload, "t|a:1:{i:0;N;}o|a:2:{i:0;i:5;i:1;R:4;}");
}

TEST(ThreeWayMerge, RefusesWhatItCannotTakeApart) {
    const std::string shared = R"(a|O:8:"stdClass":0:{}b|r:1;)";
    EXPECT_EQ(merged(shared, "a|i:1;").outcome, Merge::Outcome::Unsplittable);
    EXPECT_EQ(merged("a|i:1;", shared).outcome, Merge::Outcome::Unsplittable);
    EXPECT_EQ(three_way_merge(Php, shared, "a|i:1;", "").outcome, Merge::Outcome::Unsplittable);
    EXPECT_EQ(three_way_merge(Opaque, "", "", "").outcome, Merge::Outcome::Unsplittable);
}

}  // namespace
}  // namespace sessmirror::record
