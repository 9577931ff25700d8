// SPDX-License-Identifier: BSD-3-Clause
#include "pool/lock_registry.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>
#include <string>

#include "support/child_process.h"
#include "support/manual_clock.h"

namespace sessmirror::pool {
namespace {

constexpr std::array<std::uint64_t, 5> kStores = {1, 3, 5, 42, 77};

store::SessionKey key(const char* id) {
    return store::derive_key("sm:", "", id);
}

store::LockOwner owner_text(const std::string& text) {
    store::LockOwner owner;
    std::snprintf(owner.text, sizeof owner.text, "%s", text.c_str());
    return owner;
}

class LockRegistryTest : public testing::Test {
  protected:
    int used_slots() const {
        int used = 0;
        for (const LockSlot& slot : page->locks) used += slot.claim.load() != 0;
        return used;
    }
    // Runs in a child: enters a lock and reports the owner through a shared slot's text.
    void enter_in_child(const char* id, std::uint64_t store_hash) {
        LockRegistry child(*page, clock, random);
        child.enter(key(id), store_hash, child.new_owner());
    }

    HostPagePtr page = make_host_page(0xABCDEF);
    test::ManualClock clock;
    test::SeededRandom random;
    LockRegistry registry{*page, clock, random};
    LockRegistry::Orphan orphan;
};

TEST_F(LockRegistryTest, OwnersAreUniquePrintableAndOfThisHost) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(std::string(registry.new_owner().view()));
    EXPECT_EQ(seen.size(), 1000u);
    EXPECT_EQ(seen.begin()->rfind("abcdef:", 0), 0u);
    EXPECT_EQ(seen.begin()->find_first_not_of("0123456789abcdef:"), std::string::npos);
}

TEST_F(LockRegistryTest, TheLongestOwnerFits) {
    page->host_id.store(~std::uint64_t{0});
    const auto owner = registry.new_owner();
    EXPECT_LT(16 + 1 + 8 + 1 + 16 + 1 + 16, static_cast<int>(store::kMaxOwner));
    EXPECT_EQ(owner.view().rfind("ffffffffffffffff:", 0), 0u);
}

TEST_F(LockRegistryTest, ALivingOwnerIsNotDead) {
    EXPECT_FALSE(registry.is_dead(registry.new_owner()));
}

TEST_F(LockRegistryTest, AZombieAndAReapedProcessAreDead) {
    test::ChildProcess child([] {});
    char text[64];
    std::snprintf(text, sizeof text, "abcdef:%x:0:1", static_cast<unsigned>(child.pid()));
    EXPECT_FALSE(registry.is_dead(owner_text(text)));
    child.kill_only();
    EXPECT_TRUE(registry.is_dead(owner_text(text)));
    child.reap();
    EXPECT_TRUE(registry.is_dead(owner_text(text)));
}

TEST_F(LockRegistryTest, AReusedProcessNumberIsDead) {
    const ProcessIdentity self = this_process();
    ASSERT_NE(self.start, 0u);
    char text[64];
    std::snprintf(text, sizeof text, "abcdef:%x:%llx:1", self.pid,
                  static_cast<unsigned long long>(self.start - 1));
    EXPECT_TRUE(registry.is_dead(owner_text(text)));
}

// A child that went to a namespace of its own has inherited the page.
TEST_F(LockRegistryTest, ThePageOfAnotherProcessSpaceIsLeftAlone) {
    const test::ChildProcess child([&] { enter_in_child("living there", 77); });
    ASSERT_TRUE(child.worked());
    page->process_space.store(process_space() + 1);
    LockRegistry inside(*page, clock, random);
    EXPECT_EQ(inside.enter(key("a"), 1, inside.new_owner()), LockRegistry::kNoTicket);
    LockSlot& of_the_dead = page->locks[0].claim.load() == 0 ? page->locks[0] : page->locks[1];
    of_the_dead.claim.store(std::uint64_t{0x7FFFFFFE} << 32);
    clock.advance(LockRegistry::kSweepInterval);
    EXPECT_FALSE(inside.next_orphan(orphan, kStores));
    EXPECT_EQ(used_slots(), 2);
    EXPECT_FALSE(inside.is_dead(owner_text("abcdef:7ffffffe:1:1")));
    EXPECT_FALSE(inside.new_owner().view().starts_with("abcdef:"));
    page->process_space.store(process_space());
    LockRegistry outside(*page, clock, random);
    EXPECT_TRUE(outside.is_dead(owner_text("abcdef:7ffffffe:1:1")));
}

TEST_F(LockRegistryTest, AReleaseIsSeenByWhoWaitsForThatKeyAtThatStore) {
    LockRegistry waiter(*page, clock, random);
    const int ticket = registry.enter(key("a"), 5, registry.new_owner());
    const auto before = waiter.releases(key("a"), 5);
    const auto elsewhere = waiter.releases(key("a"), 42);
    const auto other = waiter.releases(key("b"), 5);
    registry.leave(ticket);
    EXPECT_NE(waiter.releases(key("a"), 5), before);
    EXPECT_EQ(waiter.releases(key("a"), 42), elsewhere);
    EXPECT_EQ(waiter.releases(key("b"), 5), other);
    const auto after = waiter.releases(key("a"), 5);
    registry.leave(ticket);
    EXPECT_EQ(waiter.releases(key("a"), 5), after) << "it is given up once";
}

TEST_F(LockRegistryTest, ForeignAndHostileOwnersAreNeverDead) {
    for (const char* text : {"", ":", ":::", "abcdef", "abcdef:", "abcdef:7ffffffe",
                             "abcdef:7ffffffe:1:", "abcdee:7ffffffe:1:1", "abcdef:0:1:1",
                             "abcdef:-1:1:1", "abcdef:ffffffff:1:1", "abcdef:80000000:1:1",
                             "abcdef:1ffffffff:1:1", "abcdef:7ffffffe:1:1:1", "abcdef:7ffffffe:1:x",
                             "abcdef: 7ffffffe:1:1", "abcdef:0x7ffffffe:1:1"})
        EXPECT_FALSE(registry.is_dead(owner_text(text))) << text;
    EXPECT_TRUE(registry.is_dead(owner_text("abcdef:7ffffffe:1:1")));  // above any pid_max
    store::LockOwner unterminated;
    for (char& c : unterminated.text) c = 'a';
    EXPECT_FALSE(registry.is_dead(unterminated));
}

TEST_F(LockRegistryTest, EntriesOfLivingProcessesAreNoOrphans) {
    const int ticket = registry.enter(key("a"), 5, registry.new_owner());
    EXPECT_NE(ticket, LockRegistry::kNoTicket);
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(used_slots(), 1);
    registry.leave(ticket);
    EXPECT_EQ(used_slots(), 0);
}

TEST_F(LockRegistryTest, FindsTheLockOfAKilledWorkerOnceAndIntact) {
    test::ChildProcess child([&] { enter_in_child("victim", 77); });
    ASSERT_TRUE(child.worked());
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
    child.kill_only();  // not reaped: a zombie
    clock.advance(LockRegistry::kSweepInterval);
    ASSERT_TRUE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(orphan.key, key("victim"));
    EXPECT_EQ(orphan.store_name_hash, 77u);
    EXPECT_TRUE(registry.is_dead(orphan.owner));
    clock.advance(LockRegistry::kSweepInterval);
    LockRegistry::Orphan again;
    EXPECT_FALSE(registry.next_orphan(again, kStores));
    registry.leave(orphan.ticket);
    EXPECT_EQ(used_slots(), 0);
}

TEST_F(LockRegistryTest, FindsAnAbandonedLockOfALivingProcessUntilItIsLeft) {
    const auto owner = registry.new_owner();
    const int ticket = registry.enter(key("a"), 42, owner);
    EXPECT_FALSE(registry.is_abandoned(owner, 42));
    registry.abandon(ticket);
    EXPECT_TRUE(registry.is_abandoned(owner, 42));
    EXPECT_FALSE(registry.is_abandoned(owner, 43))
        << "it may hold the lock there, after a failover";
    EXPECT_FALSE(registry.is_abandoned(registry.new_owner(), 42));
    ASSERT_TRUE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(orphan.owner, owner);
    EXPECT_EQ(orphan.store_name_hash, 42u);
    registry.leave(ticket);  // the one it was abandoned with frees nothing any more
    EXPECT_EQ(used_slots(), 1);
    registry.abandon(orphan.ticket);  // the store is still away
    clock.advance(LockRegistry::kSweepInterval);
    ASSERT_TRUE(registry.next_orphan(orphan, kStores));
    registry.leave(orphan.ticket);
    EXPECT_EQ(used_slots(), 0);
    clock.advance(LockRegistry::kSweepInterval);
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
}

TEST_F(LockRegistryTest, LeavesTheLockOfAKilledWorkerToTheUsersOfItsStore) {
    test::ChildProcess child([&] { enter_in_child("victim", 77); });
    ASSERT_TRUE(child.worked());
    child.kill_only();
    child.reap();
    constexpr std::array<std::uint64_t, 2> kOthers = {1, 3};
    clock.advance(LockRegistry::kSweepInterval);
    EXPECT_FALSE(registry.next_orphan(orphan, kOthers));
    clock.advance(LockRegistry::kSweepInterval);
    EXPECT_TRUE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(orphan.key, key("victim"));
    registry.leave(orphan.ticket);
}

TEST_F(LockRegistryTest, ForgetsAfterTheLongestLeaseWhatNoUserOfItsStoreAskedFor) {
    test::ChildProcess child([&] { enter_in_child("victim", 78); });
    ASSERT_TRUE(child.worked());
    child.kill_only();
    child.reap();
    clock.advance(std::chrono::hours(25));
    if (registry.next_orphan(orphan, kStores)) registry.leave(orphan.ticket);
    EXPECT_EQ(used_slots(), 0);
}

TEST_F(LockRegistryTest, ManyKilledTogetherAreFoundTogether) {
    test::ChildProcess child([&] {
        for (const char* id : {"a", "b", "c", "d"}) enter_in_child(id, 1);
    });
    ASSERT_TRUE(child.worked());
    child.kill_only();
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(registry.next_orphan(orphan, kStores));
        registry.leave(orphan.ticket);
    }
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(used_slots(), 0);
}

TEST_F(LockRegistryTest, TheOrphanOfAKilledSweeperIsFoundAgain) {
    test::ChildProcess worker([&] { enter_in_child("victim", 77); });
    worker.kill_only();
    test::ChildProcess sweeper([&] {
        LockRegistry other(*page, clock, random);
        LockRegistry::Orphan taken;
        other.next_orphan(taken, kStores);
    });
    ASSERT_TRUE(sweeper.worked());
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
    sweeper.kill_only();
    clock.advance(LockRegistry::kSweepInterval);
    ASSERT_TRUE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(orphan.key, key("victim"));
}

TEST_F(LockRegistryTest, AnIncompleteEntryOfADeadProcessIsFreed) {
    test::ChildProcess child([&] {
        enter_in_child("victim", 77);
        for (LockSlot& slot : page->locks) slot.ready.store(0);
    });
    child.kill_only();
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(used_slots(), 0);
}

TEST_F(LockRegistryTest, ATicketFreesNothingThatIsNoLongerItsOwn) {
    const int ticket = registry.enter(key("a"), 1, registry.new_owner());
    test::ChildProcess child([&] { registry.leave(ticket); });  // inherited, not its own
    ASSERT_TRUE(child.worked());
    EXPECT_EQ(used_slots(), 1);
    for (LockSlot& slot : page->locks)
        if (slot.claim.load() != 0) slot.claim.fetch_add(1);  // taken over by somebody else
    registry.leave(ticket);
    EXPECT_EQ(used_slots(), 1);
    registry.leave(LockRegistry::kNoTicket);
}

TEST_F(LockRegistryTest, TheHostSweepsOncePerInterval) {
    LockRegistry other(*page, clock, random);
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
    test::ChildProcess child([&] { enter_in_child("victim", 77); });
    child.kill_only();
    EXPECT_FALSE(other.next_orphan(orphan, kStores));
    clock.advance(LockRegistry::kSweepInterval);
    EXPECT_TRUE(other.next_orphan(orphan, kStores));
}

TEST_F(LockRegistryTest, AFullTableGivesNoTicket) {
    std::set<int> tickets;
    for (int i = 0; i < HostPage::kLockSlots; ++i)
        tickets.insert(registry.enter(key("a"), 1, registry.new_owner()));
    EXPECT_EQ(tickets.size(), static_cast<std::size_t>(HostPage::kLockSlots));
    EXPECT_EQ(registry.enter(key("b"), 1, registry.new_owner()), LockRegistry::kNoTicket);
    registry.leave(*tickets.begin());
    EXPECT_NE(registry.enter(key("b"), 1, registry.new_owner()), LockRegistry::kNoTicket);
}

TEST_F(LockRegistryTest, AForkedChildOwnsWhatItMakes) {
    test::ChildProcess child([&] { registry.enter(key("child"), 3, registry.new_owner()); });
    ASSERT_TRUE(child.worked());
    child.kill_only();
    ASSERT_TRUE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(orphan.key, key("child"));
}

}  // namespace
}  // namespace sessmirror::pool
