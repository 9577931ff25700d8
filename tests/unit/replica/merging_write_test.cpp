// SPDX-License-Identifier: BSD-3-Clause
// MirroredWrite and Reconciliation: what becomes of two requests' changes of one session.
#include <gtest/gtest.h>

#include <vector>

#include "replica/mirrored_write.h"
#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using pool::Counter;
using replica::Locking;
using replica::MirroredWrite;
using replica::OnConflict;

// Two requests, on two hosts, that have read the same session.
class MergingWrites : public ::testing::Test {
  protected:
    MergingWrites() {
        for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = Locking::Optimistic;
        lab.store_session(first, "a|i:1;b|i:2;");
        open_both();
    }
    void open_both() {
        lab.open(first, mine);
        lab.open(second, theirs);
        EXPECT_TRUE(lab.read(first, mine));
        EXPECT_TRUE(lab.read(second, theirs));
    }
    void expect_everywhere(std::string_view payload) {
        EXPECT_EQ(lab.payload_on(0), payload);
        EXPECT_EQ(lab.payload_on(1), payload);
    }
    record::Envelope envelope_on(int store) {
        return record::decode(lab.key.text(), lab.node(store).find(lab.key.text())->value)
            ->envelope;
    }
    std::uint64_t merges() { return first.count(Counter::Merges) + second.count(Counter::Merges); }
    std::uint64_t collisions() {
        return first.count(Counter::Collisions) + second.count(Counter::Collisions);
    }

    ReplicaLab lab{2, 2};
    ReplicaLab::Host& first = lab.host(0);
    ReplicaLab::Host& second = lab.host(1);
    replica::SessionView mine;
    replica::SessionView theirs;
};

TEST_F(MergingWrites, ChangesOfDifferentKeysAreBothKept) {
    ASSERT_TRUE(lab.write(second, theirs, "a|i:1;b|i:20;"));
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;c|i:3;"));
    expect_everywhere("a|i:10;b|i:20;c|i:3;");
    EXPECT_EQ(first.count(Counter::Conflicts), 1u);
    EXPECT_EQ(merges(), 1u);
    EXPECT_EQ(collisions(), 0u);
}

TEST_F(MergingWrites, AMergedVersionFollowsTheHomesAndSaysWhatItIs) {
    ASSERT_TRUE(lab.write(second, theirs, "a|i:1;b|i:20;"));
    const auto before = envelope_on(0);
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;"));
    EXPECT_EQ(envelope_on(0).parent(), before.version);
    EXPECT_EQ(envelope_on(0).flags & record::kMerged, record::kMerged);
    EXPECT_EQ(before.flags & record::kMerged, 0);
}

TEST_F(MergingWrites, AKeyThatBothChangedIsTheLastWritersAndCounted) {
    ASSERT_TRUE(lab.write(second, theirs, "a|i:5;b|i:20;"));
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;"));
    expect_everywhere("a|i:10;b|i:20;");
    EXPECT_EQ(collisions(), 1u);
}

TEST_F(MergingWrites, AProtectedKeyThatBothChangedIsTheFirstWriters) {
    first.policy.protected_keys = {"a"};
    ASSERT_TRUE(lab.write(second, theirs, "a|i:5;b|i:2;"));
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;c|N;"));
    expect_everywhere("a|i:5;b|i:2;c|N;");
}

TEST_F(MergingWrites, WhatCannotBeTakenApartIsReplacedAndCounted) {
    ASSERT_TRUE(lab.write(second, theirs, "\1 another serializer's bytes"));
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;"));
    expect_everywhere("a|i:10;b|i:2;");
    EXPECT_EQ(merges(), 0u);
    EXPECT_EQ(collisions(), 1u);
}

TEST_F(MergingWrites, TellThatTheTimeWasSpentOnOthersChanges) {
    const bool is_home_of_first = lab.home() == 0;
    auto& early = is_home_of_first ? first : second;
    auto& late = is_home_of_first ? second : first;
    ASSERT_TRUE(lab.write(early, is_home_of_first ? mine : theirs, "a|i:1;b|i:20;"));
    auto& view = is_home_of_first ? theirs : mine;
    const auto tells = [](const Status& outcome) {
        return std::string_view(outcome.error().detail).find("had to be merged first") !=
               std::string_view::npos;
    };
    late.policy.deadline = std::chrono::microseconds(100);  // for nothing
    const auto at_once = lab.write(late, view, "a|i:10;b|i:2;");
    ASSERT_FALSE(at_once);
    EXPECT_FALSE(tells(at_once)) << at_once.error().detail;
    late.policy.deadline = std::chrono::microseconds(1850);  // for the first round, and a little
    const auto after_merging = lab.write(late, view, "a|i:10;b|i:2;");
    ASSERT_FALSE(after_merging);
    EXPECT_TRUE(tells(after_merging)) << after_merging.error().detail;
}

TEST_F(MergingWrites, ADestroyedSessionStaysDestroyed) {
    ASSERT_TRUE(lab.destroy(second, theirs));
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;"));
    expect_everywhere("(tombstone)");
}

TEST_F(MergingWrites, DestroyingWinsOverAChangeMadeMeanwhile) {
    ASSERT_TRUE(lab.write(second, theirs, "a|i:10;b|i:2;"));
    ASSERT_TRUE(lab.destroy(first, mine));
    lab.settle();
    expect_everywhere("(tombstone)");
}

TEST_F(MergingWrites, TwoRequestsThatCreateOneSessionAreMerged) {
    lab.key = store::derive_key("t:", "", "not yet there");
    open_both();
    ASSERT_TRUE(lab.write(second, theirs, "b|i:20;"));
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;"));
    expect_everywhere("b|i:20;a|i:10;");
}

TEST_F(MergingWrites, WithoutLocksAndMergingTheLastWriterWins) {
    first.policy.locking = Locking::Off;
    ASSERT_TRUE(lab.write(second, theirs, "a|i:1;b|i:20;"));
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;"));
    expect_everywhere("a|i:10;b|i:2;");
    EXPECT_EQ(collisions(), 1u);
}

TEST_F(MergingWrites, TheFirstWriterIsKeptUnderTheFailPolicy) {
    first.policy.on_conflict = OnConflict::Fail;
    ASSERT_TRUE(lab.write(second, theirs, "a|i:1;b|i:20;"));
    EXPECT_FALSE(lab.write(first, mine, "a|i:10;b|i:2;"));
    expect_everywhere("a|i:1;b|i:20;");
}

TEST_F(MergingWrites, ARequestThatLostItsLockIsMergedAndReported) {
    first.policy.locking = Locking::On;
    lab.open(first, mine);
    ASSERT_TRUE(lab.read(first, mine));
    ASSERT_TRUE(lab.write(second, theirs, "a|i:1;b|i:20;"));  // without asking for the lock
    ASSERT_TRUE(lab.write(first, mine, "a|i:10;b|i:2;"));
    expect_everywhere("a|i:10;b|i:20;");
    JournalEntry entry;
    ASSERT_TRUE(first.journal.take(entry));
    EXPECT_EQ(entry.severity, Severity::Warning);
    EXPECT_NE(std::string(entry.text).find("the changes of both were merged"), std::string::npos);
}

// The home was cut off from one host; that host's writes went to the mirror, as its home.
TEST_F(MergingWrites, WhatAnotherHomeDecidedIsMergedWhenTheHostsMeetAgain) {
    const int home = lab.home();
    ReplicaLab::Host& cut_off = lab.host(1 - home);
    replica::SessionView& its_view = home == 0 ? theirs : mine;
    ReplicaLab::Host& other = lab.host(home);
    replica::SessionView& other_view = home == 0 ? mine : theirs;
    const auto snapshot = lab.node(home).memory();
    lab.node(home).kill();
    ASSERT_TRUE(lab.write(cut_off, its_view, "a|i:1;b|i:20;"));
    lab.node(home).restart_warm(snapshot);
    lab.settle();
    ASSERT_TRUE(lab.write(other, other_view, "a|i:10;b|i:2;"));
    lab.settle();
    expect_everywhere("a|i:10;b|i:20;");
    EXPECT_EQ(collisions(), 0u);
}

TEST(ManyMergingWriters, LoseNothingAndDoNotWait) {
    constexpr int kWriters = 20;
    ReplicaLab lab(2, 2);
    for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = Locking::Optimistic;
    lab.store_session(lab.host(), "start|N;");

    std::vector<std::unique_ptr<replica::SessionView>> views;
    std::vector<std::unique_ptr<MirroredWrite>> writes;
    std::vector<std::string> payloads;
    for (int i = 0; i < kWriters; ++i) {
        views.push_back(std::make_unique<replica::SessionView>());
        lab.open(lab.host(i % 2), *views.back());
        ASSERT_TRUE(lab.read(lab.host(i % 2), *views.back()));
        payloads.push_back("start|N;k" + std::to_string(i) + "|i:1;");
    }
    for (std::size_t i = 0; i < kWriters; ++i) {
        writes.push_back(std::make_unique<MirroredWrite>(
            lab.host(static_cast<int>(i) % 2).environment(), *views[i],
            MirroredWrite::Kind::Payload, as_bytes(payloads[i]), lab.kLifetime, false,
            record::Serialization::Php));
        writes.back()->start();
    }
    lab.world.run_until(lab.world.now() + milliseconds(500));

    for (const auto& write : writes) EXPECT_TRUE(write->done() && write->outcome());
    for (const int store : {0, 1}) {
        const std::string stored = lab.payload_on(store);
        for (int i = 0; i < kWriters; ++i)
            EXPECT_NE(stored.find("k" + std::to_string(i) + "|i:1;"), std::string::npos) << i;
    }
    for (const int host : {0, 1}) {
        EXPECT_EQ(lab.host(host).count(Counter::Collisions), 0u);
        EXPECT_EQ(lab.host(host).count(Counter::DegradedWrites), 0u);
    }
}

}  // namespace
}  // namespace sessmirror::test
