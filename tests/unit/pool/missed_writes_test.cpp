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
    static bool has(const pool::MissedWrites::Listing& listing, int i) {
        return std::ranges::any_of(listing.keys, [&](const auto& hash) {
            return std::string_view(hash.data(), hash.size()) == key(i).hashed();
        });
    }
    pool::MissedWrites::Listing list() { return missed.list(slot, kStore); }

    pool::HostPagePtr page = pool::make_host_page(1);
    pool::HoldingsSlot& slot = *page->holdings_for(kStore, TimePoint{});
    pool::HoldingsSlot& other = *page->holdings_for(kOther, TimePoint{});
    pool::MissedWrites missed{*page};
};

TEST_F(MissedWrites, AreListedOnceForEachSessionOfTheStore) {
    missed.add(other, kOther, key(1));
    for (const int i : {2, 3, 2}) missed.add(slot, kStore, key(i));
    const auto listing = list();
    EXPECT_TRUE(listing.is_complete);
    EXPECT_EQ(listing.keys.size(), 2u);
    EXPECT_TRUE(has(listing, 2) && has(listing, 3));
    EXPECT_EQ(missed.list(other, kOther).keys.size(), 1u);
}

TEST_F(MissedWrites, StayListedUntilTheyAreSettled) {
    missed.add(slot, kStore, key(1));
    const auto listing = list();
    EXPECT_TRUE(has(list(), 1)) << "whoever listed them first may have been killed";
    missed.settle(slot, listing.span);
    EXPECT_TRUE(list().keys.empty());
    EXPECT_EQ(slot.missed_since.load(), 0u);
    missed.add(slot, kStore, key(2));
    EXPECT_TRUE(has(list(), 2));
}

TEST_F(MissedWrites, ThatWereAddedMeanwhileAreNotSettled) {
    missed.add(slot, kStore, key(1));
    const auto listing = list();
    missed.add(slot, kStore, key(2));
    missed.settle(slot, listing.span);
    EXPECT_FALSE(has(list(), 1));
    EXPECT_TRUE(has(list(), 2));
}

TEST_F(MissedWrites, AreIncompleteOnceTheRingWentRound) {
    missed.add(slot, kStore, key(0));
    for (int i = 1; i < pool::HostPage::kMissedWrites; ++i) missed.add(other, kOther, key(i));
    EXPECT_TRUE(list().is_complete);
    missed.add(other, kOther, key(0));
    const auto listing = list();
    EXPECT_FALSE(listing.is_complete);
    missed.settle(slot, listing.span);
    EXPECT_TRUE(list().is_complete) << "the ring is in order again for what comes now";
}

TEST_F(MissedWrites, AreIncompleteWhereAWorkerWasKilledWhileItAddedOne) {
    missed.add(slot, kStore, key(1));
    missed.add(slot, kStore, key(2));
    page->missed[1].sequence.store(0);
    EXPECT_FALSE(list().is_complete);
}

}  // namespace
}  // namespace sessmirror::test
