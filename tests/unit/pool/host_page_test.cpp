// SPDX-License-Identifier: BSD-3-Clause
#include "pool/host_page.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/child_process.h"

namespace sessmirror::pool {
namespace {

constexpr std::uint64_t kSlots = HostPage::kStoreSlots;
constexpr TimePoint kStart{std::chrono::seconds(1000)};

// They all begin to look for a slot at the same place.
std::uint64_t name(std::uint64_t i) {
    return 2 + i * kSlots;
}

TEST(HostPage, IsSharedWithChildren) {
    const HostPagePtr page = make_host_page(7);
    ASSERT_NE(page, nullptr);
    const test::ChildProcess child([&] {
        page->count(Counter::Reads, 3);
        page->slot_for(99, kStart)->down_since_ns.store(5);
    });
    ASSERT_TRUE(child.worked());
    EXPECT_EQ(page->value(Counter::Reads), 3u);
    EXPECT_EQ(page->slot_for(99, kStart)->down_since_ns.load(), 5);
}

TEST(HostPage, StartsEmptyWithANonZeroHostId) {
    const HostPagePtr page = make_host_page(0);
    EXPECT_NE(page->host_id.load(), 0u);
    for (int i = 0; i < static_cast<int>(Counter::kCount); ++i)
        EXPECT_EQ(page->value(static_cast<Counter>(i)), 0u);
    for (const LockSlot& slot : page->locks) EXPECT_EQ(slot.claim.load(), 0u);
}

TEST(HostPage, GivesEachStoreItsOwnSlotAndAlwaysTheSame) {
    const HostPagePtr page = make_host_page(1);
    std::set<StoreSlot*> slots;
    for (std::uint64_t i = 0; i < kSlots; ++i) slots.insert(page->slot_for(name(i), kStart));
    EXPECT_EQ(slots.size(), kSlots);
    EXPECT_EQ(slots.count(nullptr), 0u);
    for (std::uint64_t i = 0; i < kSlots; ++i)
        EXPECT_EQ(page->slot_for(name(i), kStart)->name_hash.load(), name(i));
    EXPECT_EQ(page->slot_for(12345, kStart), nullptr);
}

TEST(HostPage, GivesASlotThatNobodyUsesToAnotherStoreWithNothingInIt) {
    const HostPagePtr page = make_host_page(1);
    for (std::uint64_t i = 0; i < kSlots; ++i) {
        StoreSlot* const slot = page->slot_for(name(i), kStart);
        ASSERT_NE(slot, nullptr);
        slot->down_since_ns.store(1);
        slot->doubt_before_unix.store(1);
        page->holdings_for(name(i), kStart)->missed_since.store(1);
    }
    const TimePoint later = kStart + HostPage::kIdle;
    StoreSlot* const used = page->slot_for(name(5), later);
    std::set<StoreSlot*> slots{used};
    for (std::uint64_t i = 1; i < kSlots; ++i) {
        StoreSlot* const slot = page->slot_for(name(kSlots + i), later);
        ASSERT_NE(slot, nullptr);
        EXPECT_EQ(slot->name_hash.load(), name(kSlots + i));
        EXPECT_EQ(slot->down_since_ns.load(), 0);
        EXPECT_EQ(slot->doubt_before_unix.load(), 0u);
        EXPECT_EQ(page->holdings_for(name(kSlots + i), later)->missed_since.load(), 0u);
        slots.insert(slot);
    }
    EXPECT_EQ(slots.size(), kSlots);
    EXPECT_EQ(used->name_hash.load(), name(5)) << "a store that is used keeps its slot";
    EXPECT_EQ(page->slot_for(name(2 * kSlots), later), nullptr);
}

TEST(HostPage, GivesAwayASlotThatIsUsedInTheFutureOrWhoseNewNameNobodyWrote) {
    const HostPagePtr page = make_host_page(1);
    for (std::uint64_t i = 0; i < kSlots; ++i) (void)page->slot_for(name(i), kStart);
    page->stores[7].used_s.store(~0u);
    EXPECT_EQ(page->slot_for(name(kSlots), kStart), &page->stores[7]);
    page->stores[8].name_hash.store(1);
    EXPECT_EQ(page->slot_for(name(kSlots + 1), kStart), nullptr);
    for (std::uint64_t i = 0; i < kSlots; ++i)
        if (i != 8) page->stores[i].used_s.store(1000 + 300);
    EXPECT_EQ(page->slot_for(name(kSlots + 1), kStart + HostPage::kIdle), &page->stores[8]);
}

TEST(HostPage, NamesEveryCounterOnce) {
    std::set<std::string> names;
    for (int i = 0; i < static_cast<int>(Counter::kCount); ++i)
        names.insert(counter_name(static_cast<Counter>(i)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(Counter::kCount));
    EXPECT_STREQ(counter_name(Counter::LocalHits), "local_hits");
    EXPECT_STREQ(counter_name(Counter::LocksBroken), "locks_broken");
    EXPECT_STREQ(counter_name(Counter::NoticesDropped), "notices_dropped");
}

}  // namespace
}  // namespace sessmirror::pool
