// SPDX-License-Identifier: BSD-3-Clause
#include "replica/locked_read.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/lock_holds.h"
#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using pool::Counter;

class LockedRead : public ::testing::Test {
  protected:
    // The host whose local store is the session's home, and one of the others.
    ReplicaLab::Host& home_host() { return lab.host(lab.home()); }
    ReplicaLab::Host& other_host() { return lab.host((lab.home() + 1) % 3); }
    int other() { return (lab.home() + 1) % 3; }

    void release_lock(ReplicaLab::Host& host) {
        host.pool.store(view.lock.store)
            .release(lab.key, view.lock.lock, host.process.now() + milliseconds(500), nullptr);
        view.lock = {};
    }

    ReplicaLab lab{3, 3};
    replica::SessionView view;
    replica::SessionView second;
};

TEST_F(LockedRead, StaysOnTheHostThatIsTheSessionsHome) {
    lab.store_session(home_host(), "cart");
    const auto before = home_host().requests(other());
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_TRUE(view.lock.held());
    EXPECT_EQ(home_host().requests(other()), before);
}

TEST_F(LockedRead, ServesTheLocalCopyAfterComparingVersionsWithARemoteHome) {
    lab.store_session(home_host(), "cart");
    lab.open(other_host(), view);
    ASSERT_TRUE(lab.read(other_host(), view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_EQ(other_host().requests(lab.home()), 1u);
    EXPECT_EQ(other_host().count(Counter::LocalHits), 1u);
    EXPECT_EQ(other_host().count(Counter::Fallbacks), 0u);
}

TEST_F(LockedRead, FetchesFromTheHomeWhenTheLocalCopyIsOlder) {
    lab.store_session(home_host(), "old");
    lab.node(other()).pause();
    lab.store_session(home_host(), "new");
    lab.node(other()).resume();
    lab.settle();
    lab.open(other_host(), view);
    ASSERT_TRUE(lab.read(other_host(), view));
    EXPECT_EQ(as_text(view.newest().payload), "new");
}

TEST_F(LockedRead, ASecondRequestWaitsUntilTheFirstHasWritten) {
    lab.store_session(home_host(), "1");
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));

    lab.open(other_host(), second);
    replica::LockedRead waiting(other_host().environment(), second);
    waiting.start();
    lab.world.run_until(lab.world.now() + milliseconds(100));
    EXPECT_FALSE(waiting.done());

    ASSERT_TRUE(lab.write(home_host(), view, "2"));
    while (!waiting.done() && lab.world.step()) {
    }
    ASSERT_TRUE(waiting.outcome());
    EXPECT_EQ(as_text(second.newest().payload), "2");
    EXPECT_EQ(other_host().count(Counter::LockWaits), 1u);
}

TEST_F(LockedRead, GivesUpAfterTheConfiguredWaitAndHoldsNothing) {
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    other_host().policy.lock_wait = milliseconds(300);
    lab.open(other_host(), second);
    const Duration start = lab.world.now();
    const Status outcome = lab.read(other_host(), second);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::LockTimeout);
    EXPECT_FALSE(second.lock.held());
    EXPECT_GE(lab.world.now() - start, milliseconds(300));
    EXPECT_LT(lab.world.now() - start, milliseconds(330));
}

TEST_F(LockedRead, BreaksTheLockOfAWorkerOfItsHostThatIsDead) {
    auto& host = home_host();
    int channel[2];
    ASSERT_EQ(pipe(channel), 0);
    const pid_t child = fork();
    if (child == 0) {
        const auto owner = host.locks.new_owner();
        const auto sent = write(channel[1], &owner, sizeof owner);
        _exit(sent == sizeof owner ? 0 : 1);
    }
    store::LockOwner owner;
    ASSERT_EQ(::read(channel[0], &owner, sizeof owner), static_cast<ssize_t>(sizeof owner));
    close(channel[0]);
    close(channel[1]);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    store::FetchRequest claim{lab.key, store::Want::Version, store::LockClaim{owner, 30}, {}};
    ASSERT_EQ(lab.node(lab.home()).fetch(claim)->lock, store::LockState::Granted);

    lab.open(host, view);
    const Duration start = lab.world.now();
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_LT(lab.world.now() - start, milliseconds(100));
    EXPECT_EQ(host.count(Counter::LocksBroken), 1u);
}

TEST_F(LockedRead, LeavesTheLockOfALivingOwnerOnAnotherHostAlone) {
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    other_host().policy.lock_wait = milliseconds(100);
    lab.open(other_host(), second);
    EXPECT_FALSE(lab.read(other_host(), second));
    EXPECT_EQ(other_host().count(Counter::LocksBroken), 0u);
    EXPECT_NE(lab.node(lab.home()).find_lock(lab.key.text()), nullptr);
}

TEST_F(LockedRead, TakesTheNewestCopyAndRepairsAHomeThatCameBackEmpty) {
    lab.store_session(home_host(), "cart");
    const int home = lab.home();
    lab.node(home).kill();
    lab.node(home).restart_empty();
    lab.settle();
    lab.open(other_host(), view);
    ASSERT_TRUE(lab.read(other_host(), view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    lab.settle();
    EXPECT_EQ(lab.payload_on(home), "cart");
}

TEST_F(LockedRead, UsesTheNextMemberAsHomeWhileTheFirstIsDead) {
    lab.store_session(home_host(), "cart");
    const int home = lab.home();
    auto& host = other_host();
    lab.node(home).kill();
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_NE(view.lock.store, home);
    EXPECT_EQ(host.count(Counter::Failovers), 1u);
}

TEST_F(LockedRead, IgnoresAnAnswerThatArrivesAfterTheFailover) {
    lab.store_session(home_host(), "cart");
    lab.node(lab.home()).pause();
    auto& host = other_host();
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    lab.node(lab.home()).resume();
    lab.settle();
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    release_lock(host);
    lab.settle();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(lab.node(i).find_lock(lab.key.text()), nullptr) << i;
}

TEST_F(LockedRead, FailsWithoutALockWhenNoStoreAnswers) {
    for (int i = 0; i < 3; ++i) lab.node(i).kill();
    lab.open(home_host(), view);
    const Status outcome = lab.read(home_host(), view);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::NoStore);
    EXPECT_FALSE(view.lock.held());
}

TEST_F(LockedRead, AFailoverDoesNotStartTheDeadlineAnew) {
    lab.store_session(home_host(), "cart");
    auto& host = other_host();
    host.policy.deadline = milliseconds(300);  // of which each silent home takes 200
    const replica::ReplicaSet set(host.pool, lab.key, host.policy.redundancy);
    for (const int store : set.members()) lab.node(store).pause();
    lab.open(host, view);
    const TimePoint start = host.process.now();
    const Status outcome = lab.read(host, view);
    ASSERT_FALSE(outcome);
    EXPECT_LE(host.process.now() - start, milliseconds(310));
}

// A session's first home has gone and is back, and one host does not know yet that it is.
class HomeThatIsBack : public LockedRead {
  protected:
    explicit HomeThatIsBack(std::string_view id = "session") {
        lab.key = store::derive_key("t:", "", id);
        home = lab.home();
        lab.store_session(home_host(), "1");
        lab.node(home).kill();
        static_cast<void>(slow().pool.health(home).report_failure());
        static_cast<void>(quick().pool.health(home).report_failure());
        lab.node(home).restart_empty();
        static_cast<void>(quick().pool.health(home).report_answer(milliseconds(1)));
    }
    void SetUp() override { ASSERT_EQ(lab.home(), home) << "host 0 must know it is back"; }
    ReplicaLab::Host& quick() { return lab.host(0); }
    ReplicaLab::Host& slow() { return lab.host(1); }
    bool is_locked(int store) { return lab.node(store).find_lock(lab.key.text()) != nullptr; }
    int home = -1;
};

TEST_F(HomeThatIsBack, IsNotUsedBesideTheStoreThatStoodIn) {
    lab.open(slow(), view);
    ASSERT_TRUE(lab.read(slow(), view));
    ASSERT_NE(view.lock.store, home);
    lab.open(quick(), second);
    replica::LockedRead waiting(quick().environment(), second);
    waiting.start();
    lab.world.run_until(lab.world.now() + milliseconds(100));
    EXPECT_FALSE(waiting.done());
    ASSERT_TRUE(lab.write(slow(), view, "2"));
    while (!waiting.done()) ASSERT_TRUE(lab.world.step());
    ASSERT_TRUE(waiting.outcome());
    EXPECT_EQ(second.lock.store, home);
    EXPECT_EQ(as_text(second.newest().payload), "2");
    ASSERT_TRUE(lab.write(quick(), second, "3"));
    for (int store = 0; store < 3; ++store) EXPECT_FALSE(is_locked(store)) << store;
    EXPECT_EQ(quick().count(Counter::Conflicts) + slow().count(Counter::Conflicts), 0u);
}

TEST_F(HomeThatIsBack, KeepsWhoeverKnowsLessWaiting) {
    lab.open(quick(), view);
    ASSERT_TRUE(lab.read(quick(), view));
    lab.open(slow(), second);
    replica::LockedRead waiting(slow().environment(), second);
    waiting.start();
    lab.world.run_until(lab.world.now() + milliseconds(100));
    EXPECT_FALSE(waiting.done());
    ASSERT_TRUE(lab.write(quick(), view, "2"));
    while (!waiting.done()) ASSERT_TRUE(lab.world.step());
    EXPECT_EQ(as_text(second.newest().payload), "2");
}

TEST_F(HomeThatIsBack, IsLockedAloneWhenAllHostsKnow) {
    lab.world.run_until(lab.world.now() + pool::Health::kHandover);
    lab.open(quick(), view);
    ASSERT_TRUE(lab.read(quick(), view));
    EXPECT_EQ(view.lock.store, home);
    EXPECT_FALSE(view.guard_lock.held());
}

TEST_F(HomeThatIsBack, IsLockedBeforeAStoreThatStandsInWhileItIsFilling) {
    lab.world.run_until(lab.world.now() + pool::Health::kHandover);
    quick().pool.health(home).set_filling(true);
    lab.open(quick(), view);
    ASSERT_TRUE(lab.read(quick(), view));
    EXPECT_NE(view.lock.store, home);
    EXPECT_EQ(view.guard_lock.store, home);
    EXPECT_TRUE(is_locked(home));
}

TEST_F(HomeThatIsBack, LeavesNoLockWhenTheOtherOneCannotBeHad) {
    lab.open(slow(), view);
    ASSERT_TRUE(lab.read(slow(), view));
    quick().policy.lock_wait = milliseconds(50);
    lab.open(quick(), second);
    const Status outcome = lab.read(quick(), second);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::LockTimeout);
    lab.settle();
    EXPECT_FALSE(is_locked(home));
    EXPECT_FALSE(second.lock.held() || second.guard_lock.held());
}

// Which of the two is locked first depends on their names.
class HomeThatIsBackOf : public HomeThatIsBack, public ::testing::WithParamInterface<const char*> {
  protected:
    HomeThatIsBackOf() : HomeThatIsBack(GetParam()) {}
};
INSTANTIATE_TEST_SUITE_P(Session, HomeThatIsBackOf, ::testing::Values("a", "b", "c", "d", "e"));

// The next request of this host would break its own lock.
TEST_P(HomeThatIsBackOf, WhatIsGivenUpInAFailoverIsNotTheLockThatIsClaimedNext) {
    lab.node(home).pause();
    lab.open(quick(), view);
    ASSERT_TRUE(lab.read(quick(), view));
    ASSERT_NE(view.lock.store, home);
    EXPECT_FALSE(quick().environment().locks.is_abandoned(view.lock.lock.owner,
                                                          quick().pool.name_hash(view.lock.store)));
}

// The page that had its lock goes on, and stores what it has made on the other stores.
TEST_F(LockedRead, ANewHomeWaitsForThePagesThatHeldTheLockOfTheOneBefore) {
    lab.store_session(home_host(), "1");
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    lab.node(lab.home()).kill();
    pool::LockHolds(*other_host().page).note(milliseconds(40));
    lab.open(other_host(), second);
    replica::LockedRead next(other_host().environment(), second);
    next.start();
    lab.world.run_until(lab.world.now() + milliseconds(60));
    ASSERT_FALSE(next.done());
    ASSERT_TRUE(lab.write(home_host(), view, "2"));
    while (!next.done()) ASSERT_TRUE(lab.world.step());
    ASSERT_TRUE(next.outcome());
    EXPECT_EQ(as_text(second.newest().payload), "2");
}

TEST_F(LockedRead, ANewHomeIsWaitedForNoLongerThanHalfOfTheDeadline) {
    lab.store_session(home_host(), "1");
    auto& host = other_host();
    pool::LockHolds(*host.page).note(std::chrono::seconds(10));
    lab.node(lab.home()).kill();
    lab.open(host, view);
    const TimePoint start = host.process.now();
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_LE(host.process.now() - start, host.policy.deadline / 2 + milliseconds(50));
    EXPECT_GE(host.process.now() - start, host.policy.deadline / 2);
}

// Otherwise one store that hangs makes the pages wait that take their locks at the next home: for
// twice the timeouts of those that asked the store.
TEST_F(LockedRead, WhatAPageWaitsForAStoreIsNotCountedAsItsWorkUnderTheLock) {
    lab.store_session(home_host(), "cart");
    auto& host = other_host();
    lab.node(other()).pause();
    lab.open(host, view);
    const TimePoint start = host.process.now();
    ASSERT_TRUE(lab.read(host, view));
    ASSERT_TRUE(lab.write(host, view, "cart 2"));
    ASSERT_GE(host.process.now() - start, host.policy.deadline / 10);
    EXPECT_LT(pool::LockHolds(*host.page).longest(), milliseconds(10));
}

TEST_F(LockedRead, TheWorkOfAPageUnderItsLockIsCounted) {
    lab.store_session(home_host(), "cart");
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    lab.world.run_until(lab.world.now() + milliseconds(70));
    ASSERT_TRUE(lab.write(home_host(), view, "cart 2"));
    EXPECT_GE(pool::LockHolds(*home_host().page).longest(), milliseconds(70));
}

TEST_F(LockedRead, OnlySoManyRequestsOfAHostWaitForOneLock) {
    lab.store_session(home_host(), "cart");
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    auto& host = home_host();
    host.policy.lock_max_waiters = 1;
    lab.open(host, second);
    replica::LockedRead waiting(host.environment(), second);
    waiting.start();
    lab.world.run_until(lab.world.now() + milliseconds(50));
    ASSERT_FALSE(waiting.done());
    replica::SessionView third;
    lab.open(host, third);
    const TimePoint start = host.process.now();
    const Status refused = lab.read(host, third);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::LockTimeout);
    EXPECT_LT(host.process.now() - start, milliseconds(50));
    EXPECT_EQ(host.count(Counter::LockTimeouts), 1u);
    ASSERT_TRUE(lab.write(host, view, "cart 2"));
    while (!waiting.done()) ASSERT_TRUE(lab.world.step());
    EXPECT_TRUE(waiting.outcome());
}

TEST_F(LockedRead, TheWaitForALockDoesNotCountAgainstTheDeadline) {
    lab.store_session(home_host(), "cart");
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    other_host().policy.deadline = milliseconds(100);
    lab.open(other_host(), second);
    replica::LockedRead waiting(other_host().environment(), second);
    waiting.start();
    lab.world.run_until(lab.world.now() + milliseconds(1000));
    EXPECT_FALSE(waiting.done());
    release_lock(home_host());
    while (!waiting.done() && lab.world.step()) {
    }
    EXPECT_TRUE(waiting.outcome()) << waiting.outcome().error().detail;
}

// A new visitor, or one whose session has expired: nobody has it, and the home does not answer.
TEST_F(LockedRead, AStoreThatLetTheCallWaitIsNotAskedAgainForASessionThatNobodyHas) {
    auto& host = other_host();
    lab.node(lab.home()).pause();
    lab.open(host, view);
    const TimePoint start = host.process.now();
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_FALSE(view.is_found());
    EXPECT_LE(host.process.now() - start, milliseconds(215)) << "one timeout is 200 ms";
}

// Where clients return no tokens, a store that was slow once is asked again.
TEST_F(LockedRead, AStoreThatLetTheCallWaitIsAskedAgainWhereNoTokenCanVouchForTheSession) {
    auto& host = other_host();
    host.policy.freshness = replica::Freshness::Local;
    const int home = lab.home();
    lab.node(home).pause();
    const auto before = host.requests(home);
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(host.requests(home) - before, 2u);
}

TEST_F(LockedRead, TwoHomesThatDoNotAnswerCostOneTimeout) {
    for (int local = 0; local < 3; ++local) {
        auto& host = lab.host(local);
        for (int i = 0; lab.home() == local; ++i)
            lab.key = store::derive_key("t:", "", "session " + std::to_string(i));
        lab.store_session(host, "cart");
        for (int store = 0; store < 3; ++store)
            if (store != local) lab.node(store).pause();
        lab.open(host, view);
        const TimePoint start = host.process.now();
        ASSERT_TRUE(lab.read(host, view));
        EXPECT_LE(host.process.now() - start, milliseconds(240));
        EXPECT_EQ(view.lock.store, local);
        release_lock(host);
        for (int store = 0; store < 3; ++store) lab.node(store).resume();
        lab.settle();
    }
}

TEST_F(LockedRead, ASlowHomeIsWaitedForWhateverTheNextOneDoes) {
    lab.store_session(home_host(), "cart");
    auto& host = other_host();
    const int home = lab.home();
    const int next = 3 - home - other();
    lab.node(home).pause();
    lab.node(next).pause();
    lab.world.after(milliseconds(150), [&] { lab.node(home).resume(); });
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(view.lock.store, home);
    lab.settle();
}

TEST_F(LockedRead, TakesAnEmptyValueForDamageWhereverItIs) {
    for (const int empty : {lab.home(), other()}) {
        lab.store_session(home_host(), "cart");
        auto& host = other_host();
        lab.node(empty).empty(lab.key.text());
        const auto before = host.requests(empty);
        lab.open(host, view);
        ASSERT_TRUE(lab.read(host, view));
        EXPECT_EQ(as_text(view.newest().payload), "cart");
        release_lock(host);
        lab.settle();
        EXPECT_EQ(lab.payload_on(empty), "cart");
        EXPECT_LE(host.requests(empty) - before, 5u);
    }
}

// Nobody else has one: the start fails, and what is there stays.
TEST_F(LockedRead, FailsAtOnceWhereOnlyEmptyValuesAreLeft) {
    lab.store_session(home_host(), "cart");
    for (int i = 0; i < 3; ++i) lab.node(i).empty(lab.key.text());
    auto& host = other_host();
    lab.open(host, view);
    const TimePoint start = host.process.now();
    const Status outcome = lab.read(host, view);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::Corrupt);
    EXPECT_LT(host.process.now() - start, milliseconds(50));
}

TEST_F(LockedRead, AWriteReplacesAnEmptyValue) {
    auto& host = home_host();
    lab.store_session(host, "cart");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    const int home = lab.home();
    lab.node(home).empty(lab.key.text());
    const auto before = host.requests(home);
    ASSERT_TRUE(lab.write(host, view, "more"));
    EXPECT_EQ(lab.payload_on(home), "more");
    EXPECT_LE(host.requests(home) - before, 5u);
}

TEST_F(LockedRead, AsksSeldomWhileOneHolderStays) {
    lab.open(home_host(), view);
    ASSERT_TRUE(lab.read(home_host(), view));
    other_host().policy.lock_wait = milliseconds(5000);
    lab.open(other_host(), second);
    const auto before = other_host().requests(lab.home());
    EXPECT_FALSE(lab.read(other_host(), second));
    EXPECT_LT(other_host().requests(lab.home()) - before, 60u);
}

// A question that was due just then would find it as well, but not each time.
TEST_F(LockedRead, SeesInTheHostPageThatALockWasGivenUp) {
    lab.store_session(home_host(), "1");
    for (int i = 0; i < 12; ++i) {
        lab.open(home_host(), view);
        ASSERT_TRUE(lab.read(home_host(), view));
        lab.open(home_host(), second);
        replica::LockedRead waiting(home_host().environment(), second);
        waiting.start();
        lab.world.run_until(lab.world.now() + milliseconds(2000 + 10 * i));
        ASSERT_FALSE(waiting.done());
        ASSERT_TRUE(lab.write(home_host(), view, std::to_string(i)));
        ASSERT_TRUE(waiting.done());
        ASSERT_TRUE(waiting.outcome());
        EXPECT_EQ(as_text(second.newest().payload), std::to_string(i));
        ASSERT_TRUE(lab.write(home_host(), second, "1"));
    }
}

class LockBackoff : public testing::Test {
  protected:
    using Backoff = replica::LockBackoff;
    simulation::SeededRandom random{1};
    Backoff backoff;
};

TEST_F(LockBackoff, AsksMoreOftenTheLongerItHasWaitedWhileHoldersFollowEachOther) {
    (void)backoff.next({}, {}, random);
    const Duration young = backoff.next(milliseconds(10), {}, random);
    const Duration old = backoff.next(milliseconds(900), {}, random);
    EXPECT_GE(young, Backoff::kLongest / 2);
    EXPECT_LE(old, Backoff::kShortest);
    EXPECT_GE(old, Backoff::kShortest / 2);
}

TEST_F(LockBackoff, AsksSeldomerTheLongerOneHolderStays) {
    int questions = 0;
    Duration waited{};
    for (; waited < milliseconds(5000); ++questions) {
        const Duration interval = backoff.next(waited, waited, random);
        EXPECT_LE(interval, Backoff::kCalm);
        waited += interval;
    }
    EXPECT_GT(questions, 20);
    EXPECT_LT(questions, 60);
    EXPECT_LE(backoff.next(waited, {}, random), Backoff::kShortest) << "another holder";
}

TEST_F(LockBackoff, LetsTheOldestAskFirstAfterARelease) {
    EXPECT_EQ(Backoff::after_release(milliseconds(10'000), random), Duration::zero());
    for (int i = 0; i < 100; ++i)
        EXPECT_LE(Backoff::after_release({}, random), Backoff::kLongest / 4);
}

}  // namespace
}  // namespace sessmirror::test
