// SPDX-License-Identifier: BSD-3-Clause
#include "replica/local_first_read.h"

#include <gtest/gtest.h>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using pool::Counter;

class LocalFirstRead : public ::testing::Test {
  protected:
    LocalFirstRead() { host.policy.locking = replica::Locking::Off; }

    ReplicaLab lab{3};
    ReplicaLab::Host& host = lab.host();
    replica::SessionView view;
};

TEST_F(LocalFirstRead, SendsNothingToOtherHostsWhenTheLocalCopyIsGood) {
    lab.store_session(host, "cart");
    const auto before = host.requests(1) + host.requests(2);
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_EQ(host.requests(1) + host.requests(2), before);
    EXPECT_EQ(host.count(Counter::LocalHits), 1u);
    EXPECT_EQ(host.count(Counter::Fallbacks), 1u);  // of the first read, which found nothing
}

TEST_F(LocalFirstRead, TakesAMissForUnknownAndAsksTheOtherReplicas) {
    lab.store_session(host, "cart");
    lab.node(0).evict(lab.key.text());
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
}

TEST_F(LocalFirstRead, RepairsTheStoreThatLackedTheCopy) {
    lab.store_session(host, "cart");
    lab.node(0).evict(lab.key.text());
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    lab.settle();
    EXPECT_EQ(lab.payload_on(0), "cart");
    EXPECT_EQ(host.count(Counter::Repairs), 1u);
}

TEST_F(LocalFirstRead, FindsTheSessionWhenItsLocalStoreIsDead) {
    lab.store_session(host, "cart");
    lab.node(0).kill();
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
}

TEST_F(LocalFirstRead, FindsTheSessionOnAStoreOutsideOfItsReplicaSet) {
    host.policy.redundancy = 1;
    const int home = lab.home();
    lab.store_session(host, "cart");
    const auto item = *lab.node(home).find(lab.key.text());
    lab.node(home).evict(lab.key.text());
    store::PutRequest moved;
    moved.key = lab.key;
    const record::Record record = *record::decode(lab.key.text(), item.value);
    moved.header = record::encode(record.envelope, lab.key.text(), record.payload);
    moved.ttl_s = 100;
    const Bytes payload(record.payload.begin(), record.payload.end());
    ASSERT_TRUE(lab.node((home + 1) % 3).put(moved, payload));

    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
}

TEST_F(LocalFirstRead, FindsNoSessionWhenEveryStoreSaysSo) {
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_FALSE(view.is_found());
}

TEST_F(LocalFirstRead, FailsAndNamesTheStoresWhenNoneAnswers) {
    lab.store_session(host, "cart");
    for (int i = 0; i < 3; ++i) lab.node(i).pause();
    lab.open(host, view);
    const Status outcome = lab.read(host, view);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::NoStore);
    EXPECT_NE(std::string_view(outcome.error().detail).find("node0"), std::string_view::npos);
    EXPECT_NE(std::string_view(outcome.error().detail).find("node2"), std::string_view::npos);
}

TEST_F(LocalFirstRead, NeverHandsOutADamagedCopy) {
    lab.store_session(host, "cart");
    store::PutRequest damage;
    damage.key = lab.key;
    damage.ttl_s = 100;
    damage.expected = lab.node(0).find(lab.key.text())->cas;
    ASSERT_TRUE(lab.node(0).put(damage, Bytes(3)));
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_EQ(host.count(Counter::CorruptCopies), 1u);
    lab.settle();
    EXPECT_EQ(lab.payload_on(0), "cart");
}

TEST_F(LocalFirstRead, TakesAnEmptyValueForDamage) {
    lab.store_session(host, "cart");
    lab.node(0).empty(lab.key.text());
    const auto before = host.requests(0);
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(as_text(view.newest().payload), "cart");
    EXPECT_EQ(host.count(Counter::CorruptCopies), 1u);
    lab.settle();
    EXPECT_EQ(lab.payload_on(0), "cart");
    EXPECT_LE(host.requests(0) - before, 3u);
}

TEST_F(LocalFirstRead, FailsWhenOnlyDamagedCopiesAreLeft) {
    store::PutRequest damage;
    damage.key = lab.key;
    damage.ttl_s = 100;
    ASSERT_TRUE(lab.node(0).put(damage, Bytes(3)));
    lab.open(host, view);
    const Status outcome = lab.read(host, view);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::Corrupt);
}

TEST_F(LocalFirstRead, AHungLocalStoreCostsOneTimeoutAndOnlyOnce) {
    lab.store_session(host, "cart");
    lab.node(0).pause();
    lab.open(host, view);
    Duration start = lab.world.now();
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_GE(lab.world.now() - start, milliseconds(200));
    start = lab.world.now();
    replica::SessionView second;
    lab.open(host, second);
    ASSERT_TRUE(lab.read(host, second));
    EXPECT_LT(lab.world.now() - start, milliseconds(10));
}

TEST_F(LocalFirstRead, GivesEveryRepairedCopyTheLifetimeOfTheOneItCameFrom) {
    lab.store_session(host, "cart");
    for (int store = 0; store < 3; ++store)
        if (store != lab.home()) lab.node(store).evict(lab.key.text());
    for (int store = 0; store < 3; ++store) host.pool.health(store).note_return();
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    lab.settle();
    for (int store = 0; store < 3; ++store)
        EXPECT_GT(lab.node(store).find(lab.key.text())->expires,
                  lab.world.now() + std::chrono::seconds(ReplicaLab::kLifetime - 10));
}

}  // namespace
}  // namespace sessmirror::test
