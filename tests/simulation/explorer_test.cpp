// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/explorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace sessmirror::simulation {
namespace {

Word word(std::string_view text) {
    const auto parsed = parse_word(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(Word());
}

Pattern pattern(std::string_view text) {
    const auto parsed = parse_pattern(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(Pattern());
}

Exploration explore_blind_mirror(std::string_view letters, int depth,
                                 std::vector<KnownFinding> known = {}) {
    ExplorationPlan plan;
    plan.shape = {"blind"};
    plan.shape.is_blind = true;
    plan.alphabet = word(letters);
    plan.depth = depth;
    plan.known = std::move(known);
    return explore(plan);
}

TEST(Letters, AreReadAsTheyAreWritten) {
    const std::string all = "R0 W1 O0 D1 A0 M1 L0 F1 E0 S1 P0 C1 CUT HEAL LAND FF X";
    EXPECT_EQ(to_text(word(all)), all);
    EXPECT_EQ(word("  R0   W1 "), (Word{{Event::Read, 0}, {Event::Write, 1}}));
    for (const char* const wrong : {"W2", "w", "CUT0", "W", "W*", "w0", "R0,W1"})
        EXPECT_FALSE(parse_word(wrong)) << wrong;
}

TEST(Letters, FitAPatternWithBlanks) {
    EXPECT_TRUE(is_within(pattern("CUT W* w1"), word("R0 CUT W0 M0 A1")));
    EXPECT_TRUE(is_within(pattern("CUT W* w1"), word("CUT W1 W1")));
    EXPECT_FALSE(is_within(pattern("CUT W* w1"), word("CUT O0 W1")));
    EXPECT_FALSE(is_within(pattern("CUT W* w1"), word("W0 CUT W1")));
    EXPECT_EQ(words_of(pattern("CUT W* w1")).size(), 6u);
    EXPECT_FALSE(parse_pattern("X*"));
    EXPECT_FALSE(parse_pattern("CUT Q*"));
}

TEST(Letters, AreWithinAWordInTheirOrderOnly) {
    EXPECT_TRUE(is_within(word("CUT W1"), word("CUT R0 W1")));
    EXPECT_TRUE(is_within(Word(), word("CUT")));
    EXPECT_FALSE(is_within(word("CUT W1"), word("W1 CUT")));
    EXPECT_FALSE(is_within(word("W1 W1"), word("W1")));
}

TEST(KnownFindings, AreReadFromAListWithReasons) {
    std::string trouble;
    const auto known =
        parse_known("# why\n\nlocked | risen | CUT D* w*\n* | own unseen | W0 W1\n", trouble);
    ASSERT_TRUE(known) << trouble;
    ASSERT_EQ(known->size(), 2u);
    EXPECT_EQ(known->front().finding, Finding::Risen);
    EXPECT_TRUE(known->front().is_of("locked"));
    EXPECT_FALSE(known->front().is_of("optimistic"));
    EXPECT_TRUE(known->back().is_of("optimistic"));
}

TEST(KnownFindings, AreRefusedWhereTheyNameNothing) {
    for (const char* const wrong :
         {"locked | risen | Q0", "locked | no such finding | W0", "nowhere | risen | W0", "W0"}) {
        std::string trouble;
        EXPECT_FALSE(parse_known(std::string("\n") + wrong, trouble)) << wrong;
        EXPECT_NE(trouble.find("line 2"), std::string::npos) << trouble;
    }
}

TEST(KnownFindings, AreMissedWhereTheyOccurNoMore) {
    std::string trouble;
    const auto known = parse_known("* | risen | W0 R1", trouble);
    ASSERT_TRUE(known) << trouble;
    EXPECT_FALSE(still_occurs(known->front()));
}

// The explorer sees, and says it in the fewest letters.
TEST(Explorer, FindsWhatABlindMirrorLosesAndShows) {
    const Exploration found = explore_blind_mirror("W0 R1 D0 CUT", 3);
    const auto has = [&found](Finding finding, std::string_view letters) {
        return std::ranges::any_of(found.new_ones, [&](const WrongWord& wrong) {
            return wrong.finding == finding && wrong.word == word(letters);
        });
    };
    EXPECT_TRUE(has(Finding::Diverged, "CUT W0"));
    EXPECT_TRUE(has(Finding::Risen, "CUT D0"));
    EXPECT_GT(found.histories, 10u);
}

TEST(Explorer, TellsEachFindingOnceAndGoesNoFurtherWhereSomethingIsWrong) {
    const Exploration found = explore_blind_mirror("W0 R1 CUT", 4);
    for (const WrongWord& wrong : found.new_ones)
        for (const WrongWord& other : found.new_ones)
            EXPECT_FALSE(&wrong != &other && wrong.finding == other.finding &&
                         is_within(wrong.word, other.word))
                << to_text(wrong.word) << " in " << to_text(other.word);
}

TEST(Explorer, SaysNothingOfWhatIsKnownButCountsIt) {
    std::string trouble;
    const Exploration unknown = explore_blind_mirror("W0 CUT", 2);
    EXPECT_FALSE(unknown.new_ones.empty());
    std::string list;
    for (const WrongWord& wrong : unknown.new_ones)
        list +=
            std::string("* | ") + finding_name(wrong.finding) + " | " + to_text(wrong.word) + "\n";
    const Exploration known = explore_blind_mirror("W0 CUT", 2, *parse_known(list, trouble));
    EXPECT_TRUE(known.new_ones.empty());
    EXPECT_GT(known.known_again, 0u);
}

TEST(Explorer, GivesTheSameAgain) {
    const Exploration first = explore_blind_mirror("W0 W1 CUT", 3);
    const Exploration second = explore_blind_mirror("W0 W1 CUT", 3);
    EXPECT_EQ(first.histories, second.histories);
    ASSERT_EQ(first.new_ones.size(), second.new_ones.size());
    for (std::size_t i = 0; i < first.new_ones.size(); ++i)
        EXPECT_EQ(first.new_ones[i].example, second.new_ones[i].example);
}

// Nothing is wrong where nothing goes wrong, in any world.
TEST(Explorer, FindsNothingWithoutFaults) {
    for (const SmallWorldShape& shape : small_worlds()) {
        ExplorationPlan plan;
        plan.shape = shape;
        plan.alphabet = word("W0 O1 R0 D1 M0 L0");
        plan.depth = 3;
        const Exploration found = explore(plan);
        for (const WrongWord& wrong : found.new_ones)
            ADD_FAILURE() << shape.name << ": " << to_text(wrong.word) << ": " << wrong.example;
    }
}

}  // namespace
}  // namespace sessmirror::simulation
