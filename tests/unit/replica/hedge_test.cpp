// SPDX-License-Identifier: BSD-3-Clause
#include "replica/hedge.h"

#include <gtest/gtest.h>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using pool::Counter;

// A host that knows how fast its stores are, and whose local store then hangs.
class HedgedRead : public ::testing::Test {
  protected:
    void know(replica::Locking locking) {
        host().policy.locking = locking;
        lab.store_session(host(), "cart");
        for (int i = 0; i < 40; ++i) ASSERT_TRUE(read());
    }
    void read_as(replica::Locking locking) {
        know(locking);
        lab.node(local()).pause();
        ASSERT_TRUE(read());
    }
    Status read() {
        lab.open(host(), view);
        const Duration start = lab.world.now();
        const Status outcome = lab.read(host(), view);
        took = lab.world.now() - start;
        if (view.lock.held()) {
            host()
                .pool.store(view.lock.store)
                .release(lab.key, view.lock.lock, host().process.now() + milliseconds(500),
                         nullptr);
            host().locks.leave(view.lock.ticket);
            view.lock = {};
        }
        lab.settle();
        return outcome;
    }
    // Not the session's home, so that the lock can be had.
    int local() { return (lab.home() + 1) % 3; }
    ReplicaLab::Host& host() { return lab.host(local()); }

    ReplicaLab lab{3, 3};
    replica::SessionView view;
    Duration took{};  // by the last read
};

TEST_F(HedgedRead, AsksAnotherReplicaWhenTheFirstIsLate) {
    read_as(replica::Locking::Off);
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_LT(took, milliseconds(10));
    EXPECT_EQ(host().count(Counter::Hedges), 1u);
    EXPECT_EQ(host().count(Counter::HedgesWon), 1u);
    EXPECT_EQ(host().count(Counter::Fallbacks), 1u);  // of the first read, which found nothing
}

TEST_F(HedgedRead, TakesTheHomesCopyWhenTheNearestStoreIsLateUnderTheLock) {
    read_as(replica::Locking::On);
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_LT(took, milliseconds(10));
    EXPECT_EQ(host().count(Counter::Hedges), 1u);
    EXPECT_EQ(host().count(Counter::HedgesWon), 1u);
}

TEST_F(HedgedRead, LeavesTheLateStoreAloneUntilItAnswers) {
    read_as(replica::Locking::Off);
    const auto before = host().requests(local());
    ASSERT_TRUE(read());
    EXPECT_EQ(host().requests(local()), before);
    EXPECT_EQ(host().count(Counter::Hedges), 1u);
    lab.node(local()).resume();
    lab.settle();  // its late answer comes
    ASSERT_TRUE(read());
    EXPECT_EQ(host().requests(local()), before + 1);
}

TEST_F(HedgedRead, IsNotMadeWhereItIsSwitchedOff) {
    host().policy.hedges = false;
    read_as(replica::Locking::Off);
    EXPECT_GT(took, milliseconds(100));
    EXPECT_EQ(host().count(Counter::Hedges), 0u);
}

TEST_F(HedgedRead, IsNotMadeUnderTheLockEitherWhereItIsSwitchedOff) {
    host().policy.hedges = false;
    read_as(replica::Locking::On);
    EXPECT_GT(took, milliseconds(100));
    EXPECT_EQ(host().count(Counter::Hedges), 0u);
}

TEST_F(HedgedRead, IsNotMadeWhenTooManyWere) {
    know(replica::Locking::Off);
    host().page->hedge_credit = pool::HedgeBudget::kReadsForOne - 2;
    lab.node(local()).pause();
    ASSERT_TRUE(read());
    EXPECT_GT(took, milliseconds(100));
    EXPECT_EQ(host().count(Counter::Hedges), 0u);
}

TEST_F(HedgedRead, WaitsForTheFirstWhenTheOtherHasNoCopy) {
    know(replica::Locking::Off);
    for (int store = 0; store < 3; ++store)
        if (store != local()) lab.node(store).evict(lab.key.text());
    lab.node(local()).pause();
    lab.world.at(lab.world.now() + milliseconds(30), [&] { lab.node(local()).resume(); });
    ASSERT_TRUE(read());
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_EQ(host().count(Counter::Hedges), 1u);
    EXPECT_EQ(host().count(Counter::HedgesWon), 0u);
}

TEST_F(HedgedRead, DoesNotServeACopyThatIsOlderThanWhatTheClientHasSeen) {
    know(replica::Locking::Off);
    const auto old = view.version();
    replica::SessionView writer;
    const int hedge = lab.home();
    lab.node(hedge).pause();
    lab.open(host(), writer);
    ASSERT_TRUE(lab.read(host(), writer));
    ASSERT_TRUE(lab.write(host(), writer, "new"));
    lab.node(hedge).resume();
    lab.settle();
    lab.open(host(), view);
    ASSERT_TRUE(lab.read(host(), view));
    ASSERT_NE(view.version(), old);
    host().pool.health(hedge).report_answer(milliseconds(0));  // up again: the fastest, but old
    const replica::FreshnessToken seen{view.version()};

    lab.node(local()).pause();
    lab.open(host(), view);
    view.expect(seen);
    ASSERT_TRUE(lab.read(host(), view));
    EXPECT_EQ(as_text(view.newest().payload), "new");
    EXPECT_FALSE(view.is_stale);
}

TEST_F(HedgedRead, IsNotMadeWhereOpinionsAreWanted) {
    host().policy.freshness = replica::Freshness::Majority;
    read_as(replica::Locking::Off);
    EXPECT_EQ(host().count(Counter::Hedges), 0u);
}

}  // namespace
}  // namespace sessmirror::test
