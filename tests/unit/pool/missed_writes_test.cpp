// SPDX-License-Identifier: BSD-3-Clause
#include "pool/missed_writes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace sessmirror::test {
namespace {

class MissedWrites : public ::testing::Test {
  protected:
    static constexpr std::uint64_t kStore = 7;
    static constexpr std::uint64_t kOther = 8;

    static store::SessionKey key(int i) {
        return store::derive_key("t:", "", "session " + std::to_string(i));
    }
    static bool has(const pool::MissedWrites::Taken& taken, int i) {
        return std::ranges::any_of(taken.keys, [&](const auto& hash) {
            return std::string_view(hash.data(), hash.size()) == key(i).hashed();
        });
    }
    pool::MissedWrites::Taken take() { return missed.take(slot, kStore); }

    pool::HostPagePtr page = pool::make_host_page(1);
    pool::StoreSlot& slot = *page->slot_for(kStore);
    pool::StoreSlot& other = *page->slot_for(kOther);
    pool::MissedWrites missed{*page};
};

TEST_F(MissedWrites, AreGivenOnceForEachSessionOfTheStore) {
    missed.add(other, kOther, key(1));
    for (const int i : {2, 3, 2}) missed.add(slot, kStore, key(i));
    const auto taken = take();
    EXPECT_TRUE(taken.is_complete);
    EXPECT_EQ(taken.keys.size(), 2u);
    EXPECT_TRUE(has(taken, 2) && has(taken, 3));
    EXPECT_TRUE(take().keys.empty());
    EXPECT_EQ(missed.take(other, kOther).keys.size(), 1u);
}

TEST_F(MissedWrites, ArePutBackWithWhatWasAddedMeanwhile) {
    missed.add(slot, kStore, key(1));
    const auto taken = take();
    missed.add(slot, kStore, key(2));
    missed.put_back(slot, taken.since);
    const auto again = take();
    EXPECT_TRUE(has(again, 1) && has(again, 2));
}

TEST_F(MissedWrites, AreIncompleteOnceTheRingWentRound) {
    missed.add(slot, kStore, key(0));
    for (int i = 1; i < pool::HostPage::kMissedWrites; ++i) missed.add(other, kOther, key(i));
    EXPECT_TRUE(take().is_complete);
    missed.add(slot, kStore, key(0));
    for (int i = 0; i < pool::HostPage::kMissedWrites; ++i) missed.add(other, kOther, key(i));
    EXPECT_FALSE(take().is_complete);
    EXPECT_TRUE(take().is_complete) << "the ring is in order again for what comes now";
}

TEST_F(MissedWrites, AreIncompleteWhereAWorkerWasKilledWhileItAddedOne) {
    missed.add(slot, kStore, key(1));
    missed.add(slot, kStore, key(2));
    page->missed[1].sequence.store(0);
    EXPECT_FALSE(take().is_complete);
}

}  // namespace
}  // namespace sessmirror::test
