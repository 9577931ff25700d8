// SPDX-License-Identifier: BSD-3-Clause
#include "replica/mirrored_write.h"

#include <gtest/gtest.h>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using pool::Counter;
using replica::MirroredWrite;

class MirroredWriteTest : public ::testing::TestWithParam<replica::Locking> {
  protected:
    MirroredWriteTest() {
        for (int i = 0; i < 3; ++i) lab.host(i).policy.locking = GetParam();
    }
    int copies_of(std::string_view payload) {
        int copies = 0;
        for (int i = 0; i < 3; ++i) copies += lab.payload_on(i) == payload ? 1 : 0;
        return copies;
    }

    ReplicaLab lab{3, 3};
    ReplicaLab::Host& host = lab.host();
    replica::SessionView view;
    replica::SessionView other;
};

INSTANTIATE_TEST_SUITE_P(Locking, MirroredWriteTest,
                         ::testing::Values(replica::Locking::On, replica::Locking::Off),
                         [](const auto& param) {
                             return param.param == replica::Locking::On ? "On" : "Off";
                         });

TEST_P(MirroredWriteTest, MakesExactlyAsManyCopiesAsAskedFor) {
    for (const int redundancy : {1, 2, 3}) {
        host.policy.redundancy = redundancy;
        lab.key = store::derive_key("t:", "", "session" + std::to_string(redundancy));
        lab.store_session(host, "cart");
        EXPECT_EQ(copies_of("cart"), redundancy);
    }
    host.policy.redundancy = replica::Policy::kAllStores;
    lab.key = store::derive_key("t:", "", "everywhere");
    lab.store_session(host, "cart");
    EXPECT_EQ(copies_of("cart"), 3);
}

TEST_P(MirroredWriteTest, ReplacesEveryCopyWithTheNewVersion) {
    lab.store_session(host, "1");
    lab.store_session(lab.host(1), "2");
    lab.store_session(lab.host(2), "3");
    EXPECT_EQ(copies_of("3"), 3);
    EXPECT_EQ(host.count(Counter::Conflicts), 0u);
}

// Answers are received one after the other only where a slow store has to be waited for anyway.
TEST_P(MirroredWriteTest, NeedsEveryAnswerOnlyWhereAllCopiesAreAwaited) {
    for (const auto ack : {replica::Ack::All, replica::Ack::Majority, replica::Ack::One}) {
        host.policy.ack = ack;
        const MirroredWrite write(host.environment(), view, MirroredWrite::Kind::Payload, {}, 60,
                                  false);
        EXPECT_EQ(write.needs_every_answer(), ack == replica::Ack::All);
    }
}

// Whoever writes next finds the other stores' tokens beside the copy that it reads. What may be
// asked is the copy at hand and, with the lock, the home.
TEST_P(MirroredWriteTest, LeavesNobodyAReasonToAskAStoreBeforeWriting) {
    lab.open(host, view);
    view.assume_absent();
    MirroredWrite fresh(host.environment(), view, MirroredWrite::Kind::Payload, as_bytes("0"),
                        ReplicaLab::kLifetime, true, record::Serialization::Php);
    ASSERT_TRUE(lab.run(fresh));
    lab.settle();
    for (const int writer : {1, 2, 0, 0}) {
        ReplicaLab::Host& next = lab.host(writer);
        std::uint64_t before = 0;
        std::uint64_t after = 0;
        for (int i = 0; i < 3; ++i) before += next.requests(i);
        lab.store_session(next, std::to_string(writer));
        for (int i = 0; i < 3; ++i) after += next.requests(i);
        const bool asks_home = GetParam() == replica::Locking::On && lab.home() != writer;
        EXPECT_EQ(after - before, 3u + (asks_home ? 2 : 1)) << writer;
    }
    EXPECT_EQ(host.count(Counter::Conflicts), 0u);
}

// The page has ended when the store goes on, and nobody else can give the lock back.
TEST_P(MirroredWriteTest, LeavesALockThatItCouldNotGiveBackToWhoeverFindsTheStoreUpAgain) {
    if (GetParam() == replica::Locking::Off) return;  // there is none
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    const int home = view.lock.store;
    const auto owner = view.lock.lock.owner;
    lab.node(home).pause();
    ASSERT_TRUE(lab.write(host, view, "2"));
    EXPECT_TRUE(host.locks.is_abandoned(owner, host.pool.name_hash(home)));
    pool::LockRegistry::Orphan orphan;
    ASSERT_TRUE(host.locks.next_orphan(orphan, host.pool.name_hashes()));
    EXPECT_EQ(orphan.owner, owner);
    lab.node(home).resume();
}

TEST_P(MirroredWriteTest, IsStoredByTheMirrorsWhereTheHomeHasNoRoom) {
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    const int home = lab.home();
    lab.node(home).set_full(true);
    EXPECT_TRUE(lab.write(host, view, "2"));
    EXPECT_EQ(copies_of("2"), 2);
    EXPECT_EQ(host.count(Counter::DegradedWrites), 1u);
    lab.node(home).set_full(false);
    EXPECT_EQ(host.pool.list_missed(home).keys.size(), 1u);  // and is brought there later
}

TEST_P(MirroredWriteTest, GivesBackTheLock) {
    lab.store_session(host, "1");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(lab.node(i).find_lock(lab.key.text()), nullptr) << i;
}

TEST_P(MirroredWriteTest, GivesBackTheLockAlsoWhenTheHomeHasANewerVersionAlready) {
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    lab.host(1).policy.locking = replica::Locking::Off;
    lab.store_session(lab.host(1), "2");
    view.copy(lab.home()) = {};  // as after a repair: what the home has is not known
    host.policy.on_conflict = replica::OnConflict::Fail;
    EXPECT_FALSE(lab.write(host, view, "3"));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(lab.node(i).find_lock(lab.key.text()), nullptr) << i;
}

TEST_P(MirroredWriteTest, SucceedsWithFewerCopiesWhenAStoreIsDeadAndCountsIt) {
    lab.store_session(host, "1");
    lab.node((lab.home() + 1) % 3).kill();
    lab.store_session(host, "2");
    EXPECT_EQ(copies_of("2"), 2);
    EXPECT_EQ(host.count(Counter::DegradedWrites), 1u);
}

TEST_P(MirroredWriteTest, SurvivesTheDeathOfTheHomeBetweenReadAndWrite) {
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    lab.node(lab.home()).kill();
    ASSERT_TRUE(lab.write(host, view, "2"));
    EXPECT_EQ(copies_of("2"), 2);
}

TEST_P(MirroredWriteTest, WritesAnewWhereTheCopyWasEvicted) {
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    for (int i = 0; i < 3; ++i) lab.node(i).evict(lab.key.text());
    ASSERT_TRUE(lab.write(host, view, "2"));
    EXPECT_EQ(copies_of("2"), 3);
}

TEST_P(MirroredWriteTest, IsNotBuriedByAnOlderWriteThatArrivesLate) {
    lab.store_session(host, "1");
    const int hung = (lab.home() + 1) % 3;
    lab.node(hung).pause();
    lab.store_session(host, "2");  // its write waits in the socket of the hung store
    lab.node(hung).resume();
    lab.settle();
    lab.store_session(lab.host(hung), "3");
    lab.settle();
    EXPECT_EQ(copies_of("3"), 3);
}

TEST_P(MirroredWriteTest, FailsWhenNoStoreTakesIt) {
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    for (int i = 0; i < 3; ++i) lab.node(i).kill();
    const Status outcome = lab.write(host, view, "2");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::NoStore);
}

TEST_P(MirroredWriteTest, FailsBelowAMajorityWhenThatIsThePolicy) {
    host.policy.ack = replica::Ack::Majority;
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    lab.node((lab.home() + 1) % 3).kill();
    lab.node((lab.home() + 2) % 3).kill();
    const Status outcome = lab.write(host, view, "2");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::NotEnoughAcks);
}

TEST_P(MirroredWriteTest, ReturnsAtTheFirstAcknowledgementWhenOneIsEnough) {
    host.policy.ack = replica::Ack::One;
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    lab.node((lab.home() + 1) % 3).pause();
    MirroredWrite write(host.environment(), view, MirroredWrite::Kind::Payload, as_bytes("2"),
                        lab.kLifetime, false);
    const Duration start = lab.world.now();
    ASSERT_TRUE(lab.run(write));
    EXPECT_LT(lab.world.now() - start, milliseconds(10));
    EXPECT_FALSE(write.is_idle());
    lab.node((lab.home() + 1) % 3).resume();
    lab.settle();
    EXPECT_TRUE(write.is_idle());
    EXPECT_EQ(copies_of("2"), 3);
}

TEST_P(MirroredWriteTest, CountsACopyThatNeverArrivesAlsoAfterThePageWasAnswered) {
    for (const auto ack : {replica::Ack::Majority, replica::Ack::One}) {
        host.policy.ack = ack;
        lab.key = store::derive_key("t:", "", "session" + std::to_string(static_cast<int>(ack)));
        lab.store_session(host, "1");
        lab.settle();
        const auto before = host.count(Counter::DegradedWrites);
        lab.open(host, view);
        ASSERT_TRUE(lab.read(host, view));
        const int hung = (lab.home() + 1) % 3;
        lab.node(hung).pause();
        MirroredWrite write(host.environment(), view, MirroredWrite::Kind::Payload, as_bytes("2"),
                            lab.kLifetime, false);
        ASSERT_TRUE(lab.run(write));
        EXPECT_EQ(host.count(Counter::DegradedWrites), before) << "it may still arrive";
        while (!write.is_idle()) ASSERT_TRUE(lab.world.step());
        EXPECT_EQ(host.count(Counter::DegradedWrites), before + 1);
        lab.node(hung).resume();
        lab.settle();
        host.pool.health(hung).report_answer(milliseconds(1));
    }
}

TEST_P(MirroredWriteTest, CountsNothingWhenTheLastCopyArrivesAfterThePageWasAnswered) {
    host.policy.ack = replica::Ack::One;
    lab.store_session(host, "1");
    lab.settle();
    EXPECT_EQ(host.count(Counter::DegradedWrites), 0u);
}

TEST_P(MirroredWriteTest, RefusesWhatAStoreWouldRefuseBeforeSendingIt) {
    lab.store_session(host, "1");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    const Status outcome = lab.write(host, view, std::string((1u << 20) + 1, 'x'));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::TooLarge);
    EXPECT_EQ(copies_of("1"), 3);
}

TEST_P(MirroredWriteTest, ADestroyedSessionStaysDestroyedWhenAStoreMissedIt) {
    lab.store_session(host, "1");
    const int dead = (lab.home() + 1) % 3;
    const auto snapshot = lab.node(dead).memory();
    lab.node(dead).kill();
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    ASSERT_TRUE(lab.destroy(host, view));
    lab.node(dead).restart_warm(snapshot);
    lab.settle();
    EXPECT_EQ(lab.payload_on(lab.home()), "(tombstone)");
    if (GetParam() == replica::Locking::Off)
        return;  // without lock or token a stale copy is served
    lab.host(dead).page->stores[0].down_since_ns = 0;
    lab.open(lab.host(dead), other);
    ASSERT_TRUE(lab.read(lab.host(dead), other));
    EXPECT_FALSE(other.is_alive());
}

class ConflictingWrites : public ::testing::Test {
  protected:
    ConflictingWrites() {
        for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = replica::Locking::Off;
        lab.store_session(host, "1");
        lab.open(host, view);
        lab.open(lab.host(1), other);
        EXPECT_TRUE(lab.read(host, view));
        EXPECT_TRUE(lab.read(lab.host(1), other));
    }
    ReplicaLab lab{2, 2};
    ReplicaLab::Host& host = lab.host();
    replica::SessionView view;
    replica::SessionView other;
};

TEST_F(ConflictingWrites, TheLastWriterWinsEverywhereAndTheConflictIsCounted) {
    ASSERT_TRUE(lab.write(host, view, "mine"));
    ASSERT_TRUE(lab.write(lab.host(1), other, "theirs"));
    EXPECT_EQ(lab.payload_on(0), "theirs");
    EXPECT_EQ(lab.payload_on(1), "theirs");
    EXPECT_GE(lab.host(1).count(Counter::Conflicts), 1u);
}

TEST_F(ConflictingWrites, TheFirstWriterIsKeptUnderTheFailPolicy) {
    lab.host(1).policy.on_conflict = replica::OnConflict::Fail;
    ASSERT_TRUE(lab.write(host, view, "mine"));
    const Status outcome = lab.write(lab.host(1), other, "theirs");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::Conflict);
    EXPECT_EQ(lab.payload_on(0), "mine");
    EXPECT_EQ(lab.payload_on(1), "mine");
}

TEST_F(ConflictingWrites, ARefusedWriteTellsTheClientNoVersion) {
    lab.host(1).policy.on_conflict = replica::OnConflict::Fail;
    ASSERT_TRUE(lab.write(host, view, "first"));
    replica::MirroredWrite second(lab.host(1).environment(), other,
                                  replica::MirroredWrite::Kind::Payload, as_bytes("second"),
                                  ReplicaLab::kLifetime, false);
    ASSERT_FALSE(lab.run(second));
    EXPECT_TRUE(second.version_to_tell().is_none());
}

TEST_F(ConflictingWrites, AWriteThatMayHaveBeenStoredTellsTheClientItsVersion) {
    for (int store = 0; store < 2; ++store) lab.node(store).pause();
    replica::MirroredWrite write(host.environment(), view, replica::MirroredWrite::Kind::Payload,
                                 as_bytes("perhaps"), ReplicaLab::kLifetime, false);
    ASSERT_FALSE(lab.run(write));
    EXPECT_EQ(write.version_to_tell(), write.written().version);
    EXPECT_FALSE(write.version_to_tell().is_none());
}

// One home has taken "theirs" while another decided; then ours is taken, and theirs is in its way.
TEST_F(ConflictingWrites, AWriteThatReplacedAForkTellsItsVersionAlsoIfThatCopyFails) {
    host.policy.ack = replica::Ack::Majority;
    const int home = lab.home();
    const auto before = lab.node(home).memory();
    ASSERT_TRUE(lab.write(lab.host(1), other, "theirs"));
    lab.node(home).kill();
    lab.node(home).restart_warm(before);
    lab.world.run_until(lab.world.now() + std::chrono::seconds(3));
    host.pool.health(home).report_answer(milliseconds(1));

    replica::MirroredWrite write(host.environment(), view, replica::MirroredWrite::Kind::Payload,
                                 as_bytes("mine"), ReplicaLab::kLifetime, false);
    write.start();
    while (host.count(Counter::Collisions) == 0) ASSERT_TRUE(lab.world.step());
    lab.node(1 - home).kill();
    while (!write.done()) ASSERT_TRUE(lab.world.step());
    EXPECT_FALSE(write.outcome());
    EXPECT_EQ(lab.payload_on(home), "mine");
    EXPECT_EQ(write.version_to_tell(), write.written().version);
}

TEST_F(ConflictingWrites, AWriteDoesNotBringBackADestroyedSession) {
    ASSERT_TRUE(lab.destroy(host, view));
    ASSERT_TRUE(lab.write(lab.host(1), other, "theirs"));
    EXPECT_EQ(lab.payload_on(0), "(tombstone)");
    EXPECT_EQ(lab.payload_on(1), "(tombstone)");
}

TEST(MirroredWriteOfANewId, RefusesToTakeOverASessionThatHasTheSameId) {
    ReplicaLab lab(2);
    lab.store_session(lab.host(), "somebody else's");
    replica::SessionView view;
    lab.open(lab.host(), view);
    view.assume_absent();
    MirroredWrite write(lab.host().environment(), view, MirroredWrite::Kind::Payload,
                        as_bytes("mine"), lab.kLifetime, true);
    const Status outcome = lab.run(write);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::Conflict);
    EXPECT_EQ(lab.payload_on(0), "somebody else's");
    EXPECT_EQ(lab.payload_on(1), "somebody else's");
}

TEST(AckRule, AllWaitsForEveryCopyButFailsForNone) {
    constexpr replica::AckRule rule{replica::Ack::All, 3};
    EXPECT_EQ(rule.enough(), 3);
    EXPECT_EQ(rule.required(), 1);
}

TEST(AckRule, MajorityOfTwoIsTwo) {
    constexpr replica::AckRule rule{replica::Ack::Majority, 2};
    EXPECT_EQ(rule.required(), 2);
    EXPECT_EQ(rule.enough(), 2);
}

}  // namespace
}  // namespace sessmirror::test
