// SPDX-License-Identifier: BSD-3-Clause
#include "replica/reconciliation.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using record::Version;
using replica::Reconciliation;
using replica::Rival;
using Way = Reconciliation::Way;

// A request that has read version 10 of a session and wants to change key a.
class Reconciling : public ::testing::Test {
  protected:
    static constexpr Version kParent{9, 1};
    static constexpr Version kRead{10, 1};

    Reconciling() {
        policy.locking = replica::Locking::Optimistic;
        view.reset(lab.host().pool, lab.key, 2);
        store::FetchReply copy;
        copy.found = copy.has_value = true;
        const Rival read = made(kRead, {kParent}, "a|i:1;b|i:2;");
        const auto header = record::encode(read.envelope, lab.key.text(), read.payload);
        copy.value.assign(header.view().begin(), header.view().end());
        copy.value.insert(copy.value.end(), read.payload.begin(), read.payload.end());
        Result<store::FetchReply> reply(std::move(copy));
        view.absorb(lab.host().pool, 0, reply);
    }
    static Rival made(Version version, record::Ancestry ancestors, std::string_view payload,
                      bool is_at_home = false) {
        Rival rival;
        rival.envelope.version = version;
        rival.envelope.ancestors = ancestors;
        rival.payload.assign(as_bytes(payload).begin(), as_bytes(payload).end());
        rival.is_at_home = is_at_home;
        return rival;
    }
    Reconciliation reconciliation() {
        return {policy, record::Serialization::Php, view, as_bytes(kMine)};
    }
    static std::string text(const Reconciliation& reconciliation) {
        return std::string(as_text(reconciliation.payload()));
    }

    static constexpr std::string_view kMine = "a|i:10;b|i:2;";
    ReplicaLab lab{2};
    replica::Policy policy;
    replica::SessionView view;
};

TEST_F(Reconciling, MergesWhatFollowedInAnyNumberOfSteps) {
    for (const bool is_at_home : {true, false}) {
        for (const auto& ancestors :
             {record::Ancestry{kRead}, record::Ancestry{{19, 1}, {15, 7}, kRead, kParent}}) {
            Reconciliation ours = reconciliation();
            const Rival rival = made({20, 1}, ancestors, "a|i:1;b|i:20;", is_at_home);
            EXPECT_EQ(ours.absorb(rival).way, Way::Merged);
            EXPECT_EQ(text(ours), "a|i:10;b|i:20;");
            EXPECT_EQ(ours.base(), (is_at_home ? Version{20, 1} : kRead));
        }
    }
}

// However many wrote in between: the home takes one after the other.
TEST_F(Reconciling, MergesAtTheHomeAlsoWhenAnAncestryHasRunOver) {
    record::Ancestry run_over;
    for (std::uint32_t i = 0; i < record::Ancestry::kMost; ++i) run_over.push({90 - i, 3});
    Reconciliation ours = reconciliation();
    EXPECT_EQ(ours.absorb(made({91, 1}, run_over, "a|i:1;b|i:20;", true)).way, Way::Merged);
    EXPECT_EQ(text(ours), "a|i:10;b|i:20;");
    Reconciliation beside = reconciliation();
    EXPECT_EQ(beside.absorb(made({91, 1}, run_over, "a|i:1;b|i:20;")).way, Way::Replaced);
}

// With a guessed base, a key that only one side has would be deleted, or rise again.
TEST_F(Reconciling, DoesNotMergeWithoutACommonBase) {
    for (const bool is_at_home : {true, false}) {
        Reconciliation ours = reconciliation();
        const auto outcome =
            ours.absorb(made({25, 2}, {{24, 2}, {23, 2}, kParent}, "a|i:1;", is_at_home));
        EXPECT_EQ(outcome.way, Way::Replaced);
        EXPECT_EQ(outcome.collisions, 3u);
        EXPECT_EQ(text(ours), kMine);
    }
}

TEST_F(Reconciling, ComparesTheNextRivalWithTheOneBefore) {
    Reconciliation ours = reconciliation();
    ours.absorb(made({20, 1}, {kRead}, "a|i:1;b|i:20;c|N;", true));
    const auto outcome = ours.absorb(made({21, 1}, {{20, 1}, kRead}, "a|i:1;b|i:21;c|N;", true));
    EXPECT_EQ(outcome.collisions, 0u);
    EXPECT_EQ(text(ours), "a|i:10;b|i:21;c|N;");
}

TEST_F(Reconciling, ComparesWhatFollowedItsOwnVersionWithThatVersion) {
    Reconciliation ours = reconciliation();
    ours.note_sent({11, 5}, true);
    EXPECT_EQ(ours.absorb(made({11, 9}, {kRead}, "a|i:1;b|i:2;m|N;")).way, Way::Merged);
    EXPECT_EQ(text(ours), "a|i:10;b|i:2;m|N;");
    const auto outcome = ours.absorb(made({12, 1}, {{11, 5}, kRead}, "a|i:11;b|i:2;", true));
    EXPECT_EQ(outcome.collisions, 0u);  // that request had read our change
    EXPECT_EQ(text(ours), "a|i:11;b|i:2;m|N;");
}

TEST_F(Reconciling, ItsOwnVersionCoversNothingElse) {
    Reconciliation ours = reconciliation();
    ours.note_sent({30, 5}, false);
    EXPECT_TRUE(ours.lineage().covers(Version{30, 5}));
    EXPECT_FALSE(ours.lineage().covers(Version{15, 1}));
    EXPECT_EQ(ours.base(), kRead);
}

TEST_F(Reconciling, ReplacesWhatHadLeftTheCommonHistoryBefore) {
    Reconciliation ours = reconciliation();
    const auto outcome = ours.absorb(made({10, 2}, {kParent}, "a|i:1;b|i:20;"));
    EXPECT_EQ(outcome.way, Way::Replaced);
    EXPECT_EQ(outcome.collisions, 1u);
    EXPECT_EQ(text(ours), kMine);
    EXPECT_TRUE(ours.lineage().covers(Version{10, 2}));
    EXPECT_EQ(ours.base(), kRead);
}

TEST_F(Reconciling, ReplacesEverythingWhenThePolicySaysSo) {
    policy.on_conflict = replica::OnConflict::Mine;
    Reconciliation ours = reconciliation();
    EXPECT_EQ(ours.absorb(made({20, 1}, {kRead}, "a|i:1;b|i:20;", true)).way, Way::Replaced);
    EXPECT_EQ(text(ours), kMine);
    EXPECT_EQ(ours.base(), (Version{20, 1}));
}

}  // namespace
}  // namespace sessmirror::test
