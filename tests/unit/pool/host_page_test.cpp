// SPDX-License-Identifier: BSD-3-Clause
#include "pool/host_page.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/child_process.h"

namespace sessmirror::pool {
namespace {

TEST(HostPage, IsSharedWithChildren) {
    const HostPagePtr page = make_host_page(7);
    ASSERT_NE(page, nullptr);
    const test::ChildProcess child([&] {
        page->count(Counter::Reads, 3);
        page->slot_for(99)->down_since_ns.store(5);
    });
    ASSERT_TRUE(child.worked());
    EXPECT_EQ(page->value(Counter::Reads), 3u);
    EXPECT_EQ(page->slot_for(99)->down_since_ns.load(), 5);
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
    for (std::uint64_t i = 0; i < kMaxStores; ++i) slots.insert(page->slot_for(1 + i * 64));
    EXPECT_EQ(slots.size(), static_cast<std::size_t>(kMaxStores));
    EXPECT_EQ(slots.count(nullptr), 0u);
    for (std::uint64_t i = 0; i < kMaxStores; ++i)
        EXPECT_EQ(page->slot_for(1 + i * 64)->name_hash.load(), 1 + i * 64);
    EXPECT_EQ(page->slot_for(12345), nullptr);
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
