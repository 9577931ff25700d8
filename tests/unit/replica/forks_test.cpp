// SPDX-License-Identifier: BSD-3-Clause
// Two hosts, each with its store, that cannot see each other for a while, and both write.
#include "replica/forks.h"

#include <gtest/gtest.h>

#include "replica/session_copy.h"
#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

class CutOffSides : public ::testing::TestWithParam<replica::Locking> {
  protected:
    CutOffSides() {
        for (int i = 0; i < 2; ++i) lab.host(i).policy.locking = GetParam();
        lab.store_session(lab.host(0), "n|i:0;");
        cut();
    }

    simulation::Route& route(int host, int store) {
        return *lab.routes[static_cast<std::size_t>(host * 2 + store)];
    }
    void cut() {
        for (int host = 0; host < 2; ++host) {
            route(host, 1 - host).request.cut();
            route(host, 1 - host).reply.cut();
        }
    }
    void heal() {
        for (int host = 0; host < 2; ++host) {
            route(host, 1 - host).request.heal();
            route(host, 1 - host).reply.heal();
        }
        lab.world.run_until(lab.world.now() + std::chrono::seconds(60));  // past every lease
        for (int host = 0; host < 2; ++host)
            for (auto& slot : lab.host(host).page->stores) slot.down_since_ns = 0;
    }
    // One page of a visitor of this host: what it found, and what it made of it.
    std::string page(int host, std::string_view content) {
        replica::SessionView view;
        lab.open(lab.host(host), view);
        const Status outcome = lab.read(lab.host(host), view);
        if (!outcome) return outcome.error().detail;
        const std::string found =
            view.is_alive() ? std::string(as_text(view.content())) : std::string("(none)");
        if (content == "destroy") {
            EXPECT_TRUE(lab.destroy(lab.host(host), view));
        } else if (!content.empty()) {
            EXPECT_TRUE(lab.write(lab.host(host), view, content));
        }
        if (view.lock.held())
            lab.host(host)
                .pool.store(view.lock.store)
                .release(lab.key, view.lock.lock, lab.host(host).process.now() + milliseconds(500),
                         nullptr);
        lab.settle();
        return found;
    }
    void refill_both() {
        for (int store = 0; store < 2; ++store) {
            replica::SessionCopy copy(lab.host(0).environment(), lab.key, store);
            EXPECT_TRUE(lab.run(copy));
        }
    }
    std::uint64_t counted(pool::Counter counter) {
        return lab.host(0).count(counter) + lab.host(1).count(counter);
    }

    ReplicaLab lab{2, 2};
};

INSTANTIATE_TEST_SUITE_P(Lockings, CutOffSides,
                         ::testing::Values(replica::Locking::On, replica::Locking::Optimistic,
                                           replica::Locking::Off));

TEST_P(CutOffSides, ADestroyedSessionStaysDestroyedThoughTheOtherSideWroteIt) {
    page(0, "destroy");
    EXPECT_EQ(page(1, "n|i:1;"), "n|i:0;");
    EXPECT_EQ(page(1, "n|i:2;"), "n|i:1;");
    EXPECT_EQ(page(1, "n|i:3;"), "n|i:2;");
    heal();
    refill_both();
    for (int store = 0; store < 2; ++store)
        EXPECT_EQ(lab.payload_on(store), "(tombstone)") << "store " << store;
    for (int host = 0; host < 2; ++host) EXPECT_EQ(page(host, ""), "(none)");
}

// Without a lock a read may ask more than one store.
class CutOffSidesWithoutLock : public CutOffSides {};

INSTANTIATE_TEST_SUITE_P(Lockings, CutOffSidesWithoutLock,
                         ::testing::Values(replica::Locking::Optimistic, replica::Locking::Off));

TEST_P(CutOffSidesWithoutLock, ADestroyedSessionDoesNotRiseOnAReadEither) {
    page(1, "destroy");
    page(0, "n|i:7;");
    page(0, "n|i:8;");
    heal();
    replica::SessionView view;
    lab.open(lab.host(0), view);
    lab.host(0).policy.freshness = replica::Freshness::Majority;
    ASSERT_TRUE(lab.read(lab.host(0), view));
    EXPECT_FALSE(view.is_alive());
}

TEST_P(CutOffSides, WhatIsBegunAfterTheEndSurvivesWhatTheEndDidNotReach) {
    page(0, "destroy");
    page(0, "new|i:1;");
    page(1, "n|i:9;");
    page(1, "n|i:10;");
    heal();
    refill_both();
    for (int store = 0; store < 2; ++store) EXPECT_EQ(lab.payload_on(store), "new|i:1;");
}

TEST_P(CutOffSides, ACopyThatBuriesTheOtherSidesWritesCountsThemOneByOne) {
    page(0, "a|i:1;");
    page(1, "b|i:1;");
    page(1, "b|i:2;");
    heal();
    refill_both();
    EXPECT_EQ(lab.payload_on(0), lab.payload_on(1));
    // One side's writes are gone: the one of host 0, or the two of host 1.
    const bool second_stands = lab.payload_on(0) == "b|i:2;";
    EXPECT_EQ(counted(pool::Counter::Conflicts), 1u);
    EXPECT_EQ(counted(pool::Counter::Collisions), second_stands ? 1u : 2u);
    JournalEntry entry;
    bool is_told = false;
    while (lab.host(0).journal.take(entry))
        is_told |= std::string_view(entry.text).find("two sides") != std::string_view::npos;
    EXPECT_TRUE(is_told);
}

TEST_P(CutOffSides, ACopyThatIsMerelyOldIsReplacedWithoutACount) {
    for (int i = 0; i < 40; ++i) {
        page(0, "a|i:" + std::to_string(i) + ";");
        lab.world.run_until(lab.world.now() + std::chrono::seconds(30));
    }
    heal();
    refill_both();
    EXPECT_EQ(lab.payload_on(1), "a|i:39;");
    EXPECT_EQ(counted(pool::Counter::Conflicts), 0u);
    EXPECT_EQ(counted(pool::Counter::Collisions), 0u);
}

TEST_P(CutOffSidesWithoutLock, AReadThatRepairsAForkCountsIt) {
    page(0, "a|i:1;");
    page(1, "b|i:1;");
    heal();
    for (int host = 0; host < 2; ++host)
        lab.host(host).policy.freshness = replica::Freshness::Majority;
    for (int host = 0; host < 2; ++host) page(host, "");
    EXPECT_EQ(lab.payload_on(0), lab.payload_on(1));
    EXPECT_GE(counted(pool::Counter::Collisions), 1u);
}

}  // namespace
}  // namespace sessmirror::test
