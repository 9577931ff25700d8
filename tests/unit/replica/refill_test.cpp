// SPDX-License-Identifier: BSD-3-Clause
#include "replica/refill.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "replica/refilling.h"
#include "replica/settings_check.h"
#include "simulation/sim_inventory.h"
#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

class Refill : public ::testing::Test {
  protected:
    static constexpr int kSessions = 60;

    explicit Refill(int stores = 2) : lab(stores) {
        lab.host().policy.redundancy = 2;
        inventories = make_inventories();
    }

    replica::Refill::Scope scope() {
        return {"t:", store::derive_key("t:", "", "ready note"),
                store::derive_key("t:", "", "settings note"),
                replica::describe_settings(lab.host().pool, 2, ""), inventories};
    }
    std::vector<std::unique_ptr<store::Inventory>> make_inventories() {
        std::vector<std::unique_ptr<store::Inventory>> out;
        for (std::size_t i = 0; i < lab.nodes.size(); ++i)
            out.push_back(std::make_unique<simulation::SimInventory>(
                lab.host().process, *lab.nodes[i], *lab.routes[i]));
        return out;
    }
    using Extent = replica::Refill::Extent;
    Status refill(int store, Extent extent = Extent::Look) {
        replica::Refill refill(lab.host().environment(), scope(), store, extent);
        return lab.run(refill);
    }
    void store_sessions(std::string_view payload) {
        for (int i = 0; i < kSessions; ++i) {
            lab.key = key(i);
            lab.store_session(lab.host(), payload);
        }
    }
    static store::SessionKey key(int i) {
        return store::derive_key("t:", "", "session " + std::to_string(i));
    }
    int sessions_on(int store, std::string_view payload) {
        int count = 0;
        for (int i = 0; i < kSessions; ++i) {
            lab.key = key(i);
            count += lab.payload_on(store) == payload;
        }
        return count;
    }
    bool is_filling(int store) { return lab.host().pool.is_filling(store); }
    void restart_empty(int store) {
        lab.node(store).kill();
        lab.node(store).restart_empty();
    }

    ReplicaLab lab;
    std::vector<std::unique_ptr<store::Inventory>> inventories;
};

TEST_F(Refill, CallsTheStoresOfANewPoolCompleteAtOnce) {
    ASSERT_TRUE(refill(0));
    ASSERT_TRUE(refill(1));
    EXPECT_FALSE(is_filling(0));
    EXPECT_FALSE(is_filling(1));
}

TEST_F(Refill, CopiesSessionsThatNobodyTouchesToAStoreThatReturnedEmpty) {
    store_sessions("cart");
    ASSERT_TRUE(refill(0));
    restart_empty(0);
    EXPECT_EQ(sessions_on(0, "cart"), 0);
    ASSERT_TRUE(refill(0));
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
    EXPECT_FALSE(is_filling(0));
    EXPECT_EQ(lab.host().count(pool::Counter::Refilled), std::uint64_t{kSessions});
}

// A new pool lacks nothing but its notes. A store that joined, or returned unnoticed, lacks more.
TEST_F(Refill, CallsAStoreFillingThatNobodySawGoOnceItLacksMoreThanAFewSessions) {
    store_sessions("cart");
    replica::Refill first(lab.host().environment(), scope(), 0, Extent::Look);
    first.start();
    while (!first.done()) {
        EXPECT_FALSE(is_filling(0));
        ASSERT_TRUE(lab.world.step());
    }
    restart_empty(0);
    replica::Refill second(lab.host().environment(), scope(), 0, Extent::Look);
    second.start();
    bool was_filling = false;
    while (!second.done()) {
        was_filling |= is_filling(0);
        ASSERT_TRUE(lab.world.step());
    }
    EXPECT_TRUE(was_filling);
    EXPECT_FALSE(is_filling(0));
}

// As after a reload of php-fpm: what the old page knew of missed writes is gone.
TEST_F(Refill, ComparesEverythingOnceAfterThePageWasMadeAlthoughTheStoreIsComplete) {
    store_sessions("old");
    ASSERT_TRUE(refill(0));
    ASSERT_TRUE(refill(1));
    for (int i = 0; i < 5; ++i) {
        lab.key = key(i);
        lab.node(0).pause();
        lab.store_session(lab.host(), "new");
        lab.node(0).resume();
    }
    lab.settle();
    ASSERT_LT(sessions_on(0, "new"), 5);
    lab.host().pool.health(0).holdings().clear();
    lab.host().pool.health(0).slot().clear();
    ASSERT_TRUE(refill(0, Extent::First));
    EXPECT_EQ(sessions_on(0, "new"), 5);
    EXPECT_FALSE(is_filling(0));
    EXPECT_TRUE(lab.host().pool.health(0).is_looked_at());
}

TEST_F(Refill, BelievesAnotherHostThatWasFasterAtTheSameStore) {
    store_sessions("cart");
    restart_empty(0);
    const auto other_inventories = make_inventories();
    auto other_scope = scope();
    other_scope.inventories = other_inventories;
    replica::Refill one(lab.host().environment(), scope(), 0, Extent::Look);
    replica::Refill other(lab.host().environment(), std::move(other_scope), 0, Extent::Look);
    one.start();
    EXPECT_TRUE(lab.run(other));
    EXPECT_TRUE(one.done());
    EXPECT_TRUE(one.outcome());
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
}

// As FLUSHALL does, which begins no new life.
TEST_F(Refill, DoesNotCallAStoreCompleteThatWasEmptiedMeanwhile) {
    store_sessions("cart");
    restart_empty(0);
    replica::Refill interrupted(lab.host().environment(), scope(), 0, Extent::Look);
    interrupted.start();
    while (sessions_on(0, "cart") < kSessions / 2) ASSERT_TRUE(lab.world.step());
    std::vector<std::string> keys;
    for (const auto& [key, item] : lab.node(0).memory().items) keys.push_back(key);
    for (const std::string& key : keys) lab.node(0).evict(key);
    while (!interrupted.done()) ASSERT_TRUE(lab.world.step());
    EXPECT_FALSE(interrupted.outcome());
    EXPECT_TRUE(is_filling(0));
    ASSERT_TRUE(refill(0));
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
    EXPECT_FALSE(is_filling(0));
}

TEST_F(Refill, KeepsTheLifetimeThatWasLeft) {
    store_sessions("cart");
    lab.world.run_until(lab.world.now() + std::chrono::seconds(1000));
    restart_empty(0);
    ASSERT_TRUE(refill(0));
    lab.world.run_until(lab.world.now() + std::chrono::seconds(300));
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
    lab.world.run_until(lab.world.now() + std::chrono::seconds(200));
    EXPECT_EQ(sessions_on(0, "cart"), 0);
}

TEST_F(Refill, ReplacesWhatAWarmRestartBroughtBack) {
    store_sessions("old");
    ASSERT_TRUE(refill(0));
    const auto snapshot = lab.node(0).memory();
    store_sessions("new");
    lab.node(0).kill();
    lab.node(0).restart_warm(snapshot);
    ASSERT_EQ(sessions_on(0, "old"), kSessions);
    ASSERT_TRUE(refill(0));
    EXPECT_EQ(sessions_on(0, "new"), kSessions);
}

TEST_F(Refill, DoesNotBringBackADestroyedSession) {
    store_sessions("cart");
    const auto snapshot = lab.node(0).memory();
    lab.key = key(3);
    replica::SessionView view;
    lab.open(lab.host(), view);
    ASSERT_TRUE(lab.read(lab.host(), view));
    ASSERT_TRUE(lab.destroy(lab.host(), view));
    lab.settle();
    lab.node(0).kill();
    lab.node(0).restart_warm(snapshot);
    ASSERT_TRUE(refill(0));
    lab.key = key(3);
    EXPECT_EQ(lab.payload_on(0), "(tombstone)");
    EXPECT_EQ(lab.payload_on(1), "(tombstone)");
}

TEST_F(Refill, StaysFillingWhileTheOnlyPeerIsOutOfReach) {
    store_sessions("cart");
    restart_empty(0);
    lab.node(1).kill();
    EXPECT_FALSE(refill(0, Extent::Missed));
    EXPECT_TRUE(is_filling(0));
}

TEST_F(Refill, IsNotOverWhenThePeerGoesAwayInTheMiddle) {
    store_sessions("cart");
    restart_empty(0);
    replica::Refill refill(lab.host().environment(), scope(), 0, Extent::Missed);
    refill.start();
    while (lab.host().pool.health(0).holdings().refill_seen.load() == 0)
        ASSERT_TRUE(lab.world.step());
    static_cast<void>(lab.host().pool.health(1).report_failure());
    while (!refill.done()) ASSERT_TRUE(lab.world.step());
    EXPECT_FALSE(refill.outcome());
    EXPECT_TRUE(is_filling(0));
}

TEST_F(Refill, CallsNoStoreCompleteThatIsEmptiedInTheMiddle) {
    store_sessions("cart");
    restart_empty(0);
    replica::Refill refill(lab.host().environment(), scope(), 0, Extent::Missed);
    refill.start();
    while (lab.host().pool.health(0).holdings().refill_seen.load() == 0)
        ASSERT_TRUE(lab.world.step());
    lab.node(0).evict(scope().ready_key.text());
    for (int i = 0; i < kSessions; ++i) lab.node(0).evict(key(i).text());
    while (!refill.done()) ASSERT_TRUE(lab.world.step());
    EXPECT_FALSE(refill.outcome());
    EXPECT_TRUE(is_filling(0));
    ASSERT_TRUE(this->refill(0, Extent::Missed));
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
    EXPECT_FALSE(is_filling(0));
}

// Whoever could not be asked at the first look may be back in a moment.
TEST_F(Refill, AFirstLookThatNobodyWasThereForIsRepeatedSoonAndListsNothing) {
    store_sessions("cart");
    replica::Refilling refilling(scope());
    pool::Health& health = lab.host().pool.health(0);
    const auto look = [&] {
        EXPECT_TRUE(refilling.resume(lab.host().environment()));
        while (!refilling.done()) ASSERT_TRUE(lab.world.step());
        refilling.settle(lab.host().pool);
    };
    static_cast<void>(lab.host().pool.health(1).report_failure());
    health.next_refill_in(Duration::zero());
    look();
    EXPECT_EQ(health.holdings().refill_listed.load(), 0u);
    EXPECT_FALSE(health.is_looked_at());
    static_cast<void>(lab.host().pool.health(1).report_answer(milliseconds(1)));
    lab.world.run_until(lab.world.now() + replica::Refilling::kRetry);
    look();
    EXPECT_TRUE(health.is_looked_at());
}

TEST_F(Refill, ComparesAStoreThatWasCutOffWithoutCallingItIncomplete) {
    store_sessions("cart");
    ASSERT_TRUE(refill(0));
    lab.node(0).evict(key(5).text());
    ASSERT_TRUE(refill(0));
    EXPECT_EQ(sessions_on(0, "cart"), kSessions - 1) << "a complete store is left alone";
    ASSERT_TRUE(refill(0, Extent::Whole));
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
    EXPECT_FALSE(is_filling(0));
}

TEST_F(Refill, BringsWhatItMissedToAStoreThatWasOutOfReach) {
    store_sessions("old");
    ASSERT_TRUE(refill(0));
    lab.node(0).evict(key(5).text());  // by its own doing: not missed, and not looked for
    lab.node(0).pause();
    for (const int changed : {1, 2, 3}) {
        lab.key = key(changed);
        lab.store_session(lab.host(), "new");
    }
    lab.node(0).resume();
    lab.settle();
    EXPECT_EQ(sessions_on(1, "new"), 3);
    ASSERT_TRUE(refill(0, Extent::Missed));
    EXPECT_EQ(sessions_on(0, "new"), 3);
    EXPECT_EQ(sessions_on(0, "old"), kSessions - 4);
    EXPECT_EQ(lab.host().pool.health(0).holdings().refill_seen.load(), 3u);
}

TEST_F(Refill, KeepsInMindWhatItMissedWhileItCannotBeBrought) {
    store_sessions("old");
    ASSERT_TRUE(refill(0));
    lab.node(0).pause();
    lab.key = key(1);
    lab.store_session(lab.host(), "new");
    lab.node(0).resume();
    lab.node(1).pause();
    EXPECT_FALSE(refill(0, Extent::Missed));
    lab.node(1).resume();
    lab.host().pool.health(1).report_answer(milliseconds(1));
    ASSERT_TRUE(refill(0, Extent::Missed));
    EXPECT_EQ(sessions_on(0, "new"), 1);
}

TEST_F(Refill, IsBegunAnewWhereItsWorkerWasKilled) {
    store_sessions("old");
    ASSERT_TRUE(refill(0));
    lab.node(0).pause();
    lab.key = key(1);
    lab.store_session(lab.host(), "new");
    lab.node(0).resume();
    lab.settle();
    {
        replica::Refill killed(lab.host().environment(), scope(), 0, Extent::Missed);
        killed.start();
        while (lab.host().pool.health(0).holdings().refill_listed.load() == 0)
            ASSERT_TRUE(lab.world.step());
    }
    lab.settle();
    EXPECT_EQ(sessions_on(0, "new"), 0);
    ASSERT_TRUE(refill(0, Extent::Missed));
    EXPECT_EQ(sessions_on(0, "new"), 1);
}

TEST_F(Refill, ComparesAllAfterMoreMissedWritesThanAreKept) {
    store_sessions("cart");
    ASSERT_TRUE(refill(0));
    lab.node(0).evict(key(5).text());
    for (int i = 0; i <= pool::HostPage::kMissedWrites; ++i) lab.host().pool.note_missed(0, key(1));
    ASSERT_TRUE(refill(0, Extent::Missed));
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
}

TEST_F(Refill, LeavesNoRequestBehindWhenItIsPaused) {
    store_sessions("cart");
    restart_empty(0);
    replica::Refill refill(lab.host().environment(), scope(), 0, Extent::Look);
    refill.start();
    while (lab.host().pool.health(0).holdings().refill_seen.load() == 0)
        ASSERT_TRUE(lab.world.step());
    refill.pause();
    while (!refill.quiet()) ASSERT_TRUE(lab.world.step());
    const auto sent = lab.host().requests(0);
    lab.settle();
    EXPECT_EQ(lab.host().requests(0), sent);
    EXPECT_FALSE(refill.done());
    refill.resume();
    while (!refill.done()) ASSERT_TRUE(lab.world.step());
    EXPECT_TRUE(refill.outcome());
    EXPECT_EQ(sessions_on(0, "cart"), kSessions);
}

TEST_F(Refill, KeepsAFillingStoreFromBeingAHomeOrTheFirstToBeRead) {
    lab.host().pool.health(lab.home()).set_filling(true);
    const int other = lab.home();
    EXPECT_FALSE(is_filling(other));
    const replica::ReplicaSet set(lab.host().pool, lab.key, 2);
    EXPECT_EQ(set.reader(lab.host().pool), other);
    lab.host().pool.health(other).set_filling(true);
    EXPECT_GE(lab.home(), 0) << "some store has to decide";
}

class RefillOfThree : public Refill {
  protected:
    RefillOfThree() : Refill(3) {}
};

TEST_F(RefillOfThree, GathersFromAllPeersWhatNoneHasAlone) {
    store_sessions("cart");
    const int held = sessions_on(2, "cart");
    ASSERT_GT(held, 0);
    ASSERT_LT(held, kSessions);
    restart_empty(2);
    ASSERT_TRUE(refill(2));
    EXPECT_EQ(sessions_on(2, "cart"), held);
}

}  // namespace
}  // namespace sessmirror::test
