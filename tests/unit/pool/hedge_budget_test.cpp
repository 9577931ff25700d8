// SPDX-License-Identifier: BSD-3-Clause
#include "pool/hedge_budget.h"

#include <gtest/gtest.h>

namespace sessmirror::pool {
namespace {

class HedgeBudgetTest : public testing::Test {
  protected:
    void read(std::uint32_t times) {
        for (std::uint32_t i = 0; i < times; ++i) budget.earn();
    }
    std::uint32_t hedges_left() {
        std::uint32_t hedges = 0;
        while (budget.spend()) ++hedges;
        return hedges;
    }

    std::atomic<std::uint32_t> credit{0};
    HedgeBudget budget{credit};
};

TEST_F(HedgeBudgetTest, GivesOneHedgeForTwentyReads) {
    EXPECT_FALSE(budget.spend());
    read(HedgeBudget::kReadsForOne - 1);
    EXPECT_FALSE(budget.spend());
    read(1);
    EXPECT_TRUE(budget.spend());
    EXPECT_FALSE(budget.spend());
    read(200);
    EXPECT_EQ(hedges_left(), 10u);
}

TEST_F(HedgeBudgetTest, SavesUpForAStoreThatHangsButNotWithoutEnd) {
    read(100'000);
    EXPECT_EQ(hedges_left(), HedgeBudget::kBurst);
}

}  // namespace
}  // namespace sessmirror::pool
