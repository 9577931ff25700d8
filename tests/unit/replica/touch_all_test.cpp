// SPDX-License-Identifier: BSD-3-Clause
#include "replica/touch_all.h"

#include <gtest/gtest.h>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

class TouchAll : public ::testing::Test {
  protected:
    TouchAll() {
        lab.host().policy.locking = replica::Locking::Off;
        lab.store_session(lab.host(), "cart");
        lab.open(lab.host(), view);
        EXPECT_TRUE(lab.read(lab.host(), view));
    }
    Status touch(std::uint32_t lifetime_s) {
        replica::TouchAll touch(lab.host().environment(), view, lifetime_s);
        const Status outcome = lab.run(touch);
        lab.settle();
        return outcome;
    }
    bool lives_after(int store, std::chrono::seconds age) {
        const auto* item = lab.node(store).find(lab.key.text());
        return item != nullptr && item->expires > lab.world.now() + age;
    }
    ReplicaLab lab{2};
    replica::SessionView view;
};

TEST_F(TouchAll, ExtendsEveryCopyAndNotOnlyTheLocalOne) {
    ASSERT_FALSE(lives_after(0, std::chrono::seconds(2000)));
    ASSERT_TRUE(touch(3000));
    EXPECT_TRUE(lives_after(0, std::chrono::seconds(2000)));
    EXPECT_TRUE(lives_after(1, std::chrono::seconds(2000)));
}

TEST_F(TouchAll, GivesACopyThatWasLostBackToItsStore) {
    lab.node(1).evict(lab.key.text());
    ASSERT_TRUE(touch(3000));
    EXPECT_EQ(lab.payload_on(1), "cart");
}

TEST_F(TouchAll, FailsWhenNoStoreAnswers) {
    lab.node(0).kill();
    lab.node(1).kill();
    EXPECT_FALSE(touch(3000));
}

TEST(TouchIsDue, WhenAnEighthOfTheLifetimeHasPassed) {
    EXPECT_FALSE(replica::TouchAll::is_due(1440, 1440));
    EXPECT_FALSE(replica::TouchAll::is_due(1260, 1440));
    EXPECT_TRUE(replica::TouchAll::is_due(1259, 1440));
    EXPECT_FALSE(replica::TouchAll::is_due(-1, 1440));  // never expires
}

}  // namespace
}  // namespace sessmirror::test
