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
        copy.found = true;
        copy.value = made(kRead, kParent, "a|i:1;b|i:2;").stored;
        Result<store::FetchReply> reply(std::move(copy));
        view.absorb(lab.host().pool, 0, reply);
    }
    static Rival made(Version version, Version parent, std::string_view payload,
                      bool is_at_home = false) {
        Rival rival;
        rival.envelope.version = version;
        rival.envelope.parent = parent;
        const auto header = record::encode(rival.envelope, as_bytes(payload));
        rival.stored.assign(header.begin(), header.end());
        rival.stored.insert(rival.stored.end(), as_bytes(payload).begin(), as_bytes(payload).end());
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

TEST_F(Reconciling, MergesWhatFollowedAtTheHomeInAnyNumberOfSteps) {
    for (const Version parent : {kRead, Version{15, 7}}) {
        Reconciliation ours = reconciliation();
        EXPECT_EQ(ours.absorb(made({20, 1}, parent, "a|i:1;b|i:20;", true)).way, Way::Merged);
        EXPECT_EQ(text(ours), "a|i:10;b|i:20;");
        EXPECT_EQ(ours.base(), (Version{20, 1}));
    }
}

TEST_F(Reconciling, ComparesTheNextRivalWithTheOneBefore) {
    Reconciliation ours = reconciliation();
    ours.absorb(made({20, 1}, kRead, "a|i:1;b|i:20;c|N;", true));
    const auto outcome = ours.absorb(made({21, 1}, {20, 1}, "a|i:1;b|i:21;c|N;", true));
    EXPECT_EQ(outcome.collisions, 0u);
    EXPECT_EQ(text(ours), "a|i:10;b|i:21;c|N;");
}

TEST_F(Reconciling, ComparesWhatFollowedItsOwnVersionWithThatVersion) {
    Reconciliation ours = reconciliation();
    record::Envelope own;
    own.version = {11, 5};
    own.parent = kRead;
    ours.note_sent(own, true);
    EXPECT_EQ(ours.absorb(made({11, 9}, kRead, "a|i:1;b|i:2;m|N;")).way, Way::Merged);
    EXPECT_EQ(text(ours), "a|i:10;b|i:2;m|N;");
    const auto outcome = ours.absorb(made({12, 1}, {11, 5}, "a|i:11;b|i:2;", true));
    EXPECT_EQ(outcome.collisions, 0u);  // that request had read our change
    EXPECT_EQ(text(ours), "a|i:11;b|i:2;m|N;");
}

TEST_F(Reconciling, ItsOwnVersionCoversNothingElse) {
    Reconciliation ours = reconciliation();
    record::Envelope own;
    own.version = {30, 5};
    own.parent = {20, 1};
    own.flags = record::kMerged;
    ours.note_sent(own, false);
    EXPECT_TRUE(ours.lineage().covers({30, 5}));
    EXPECT_FALSE(ours.lineage().covers({15, 1}));
    EXPECT_EQ(ours.base(), kRead);
}

TEST_F(Reconciling, ReplacesWhatHadLeftTheCommonHistoryBefore) {
    Reconciliation ours = reconciliation();
    const auto outcome = ours.absorb(made({10, 2}, kParent, "a|i:1;b|i:20;"));
    EXPECT_EQ(outcome.way, Way::Replaced);
    EXPECT_EQ(outcome.collisions, 1u);
    EXPECT_EQ(text(ours), kMine);
    EXPECT_TRUE(ours.lineage().covers({10, 2}));
    EXPECT_EQ(ours.base(), kRead);
}

TEST_F(Reconciling, ReplacesEverythingWhenThePolicySaysSo) {
    policy.on_conflict = replica::OnConflict::Mine;
    Reconciliation ours = reconciliation();
    EXPECT_EQ(ours.absorb(made({20, 1}, kRead, "a|i:1;b|i:20;", true)).way, Way::Replaced);
    EXPECT_EQ(text(ours), kMine);
    EXPECT_EQ(ours.base(), (Version{20, 1}));
}

}  // namespace
}  // namespace sessmirror::test
