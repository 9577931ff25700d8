// SPDX-License-Identifier: BSD-3-Clause
// Whatever a neighbour has left in the shared page costs time at most, and for a while.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/journal.h"
#include "pool/health.h"
#include "pool/hedge_budget.h"
#include "pool/host_page.h"
#include "pool/lock_registry.h"
#include "pool/missed_writes.h"
#include "pool/outage_notices.h"
#include "support/manual_clock.h"

namespace sessmirror::pool {
namespace {

constexpr std::uint64_t kStore = 7;
constexpr std::array kStores{kStore};
constexpr std::int64_t kFarAway = std::int64_t{1} << 62;

store::SessionKey key(const char* id) {
    return store::derive_key("sm:", "", id);
}

template <std::size_t N>
void write_text(std::array<std::atomic<std::uint64_t>, N>& words, std::string_view text) {
    std::array<std::uint64_t, N> raw{};
    std::memcpy(raw.data(), text.data(), std::min(text.size(), sizeof raw));
    for (std::size_t i = 0; i < N; ++i) words[i].store(raw[i]);
}

class HostilePage : public testing::Test {
  protected:
    HostilePage() { clock.advance(std::chrono::hours(1)); }

    // An entry of a process that does not exist.
    LockSlot& dead_entry(std::string_view key_text, std::string_view owner_text) {
        LockSlot& entry = page->locks[3];
        write_text(entry.key, key_text);
        write_text(entry.owner, owner_text);
        entry.store_name_hash.store(kStore);
        entry.pid_start.store(1);
        entry.ready.store(1);
        entry.entered_s.store(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch())
                .count()));
        entry.claim.store(std::uint64_t{0x7FFFFFFF} << 32 | 1);
        return entry;
    }

    HostPagePtr page = make_host_page(0xABC);
    StoreSlot& slot = *page->slot_for(kStore, TimePoint{});
    HoldingsSlot& holdings = *page->holdings_for(kStore, TimePoint{});
    test::ManualClock clock;
    test::SeededRandom random;
    Health health{slot, holdings, clock, random};
    MissedWrites missed{*page};
    LockRegistry registry{*page, clock, random};
    LockRegistry::Orphan orphan;
};

TEST_F(HostilePage, CannotKeepAStoreFromBeingProbed) {
    health.report_failure();
    slot.next_probe_ns.store(kFarAway);
    EXPECT_TRUE(health.claim_probe());
    slot.failures.store(std::numeric_limits<std::uint32_t>::max());
    clock.advance(Health::kMaxBackoff);
    EXPECT_TRUE(health.claim_probe());
    clock.advance(Health::kMaxBackoff);
    EXPECT_TRUE(health.claim_probe());
}

TEST_F(HostilePage, CannotKeepAStoreFromBeingLookedAfter) {
    holdings.refill_due_ns.store(kFarAway);
    EXPECT_TRUE(health.claim_refill(milliseconds(1), milliseconds(1)));
}

TEST_F(HostilePage, CannotCallAStoreLateForLongerThanAStoreIsLate) {
    slot.late_until_ns.store(kFarAway);
    EXPECT_FALSE(health.is_late());
}

TEST_F(HostilePage, CannotPutCopiesOfTheFutureInDoubt) {
    for (auto* const mark : {&slot.doubt_before_unix, &holdings.doubt_before_unix}) {
        mark->store(std::numeric_limits<std::uint32_t>::max());
        EXPECT_FALSE(health.is_in_doubt(clock.unix_seconds() + Health::kClockSlackSeconds + 1));
        EXPECT_TRUE(health.is_in_doubt(clock.unix_seconds()));
        EXPECT_LE(mark->load(), clock.unix_seconds() + Health::kClockSlackSeconds);
        mark->store(0);
    }
}

TEST_F(HostilePage, CannotMakeAnOutageOfTheFutureOrOfEternity) {
    for (const std::int64_t since : {kFarAway, std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max()}) {
        slot.down_since_ns.store(since);
        EXPECT_FALSE(health.is_up());
        EXPECT_GE(health.down_for(), Duration::zero());
        EXPECT_LE(health.down_for(), clock.now().time_since_epoch());
    }
    slot.down_since_ns.store(0);
    EXPECT_EQ(health.down_for(), Duration::zero());
}

TEST_F(HostilePage, CannotSilenceTheLineThatAStoreIsDown) {
    Journal journal;
    const std::string name = "store";
    OutageNotices notices(name, false, *page, health, clock, journal);
    health.report_failure();
    slot.last_notice_ns.store(kFarAway);
    notices.failed(Error(Errc::Refused, "refused"), true);
    JournalEntry line;
    EXPECT_TRUE(journal.take(line));
}

TEST_F(HostilePage, CannotMakeAnAnswerNeverLate) {
    slot.latency_us.store(std::numeric_limits<std::uint32_t>::max());
    slot.latency_deviation_us.store(std::numeric_limits<std::uint32_t>::max());
    EXPECT_LE(health.late_after(), Health::kLongestLateness);
}

TEST_F(HostilePage, CannotListWhatIsNoKey) {
    missed.add(holdings, kStore, key("a"));
    for (const std::uint64_t word : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{0x20}}) {
        page->missed[1].key[2].store(word);
        const auto listing = missed.list(holdings, kStore);
        EXPECT_TRUE(listing.keys.empty());
        EXPECT_FALSE(listing.is_complete) << "what it was is not known any more";
    }
}

TEST_F(HostilePage, CannotMakeTheListOfMissedWritesEndlessOrUnsettled) {
    for (const auto& [since, count] :
         {std::pair{std::uint64_t{5}, std::uint64_t{1}},
          std::pair{std::uint64_t{1}, ~std::uint64_t{0}},
          std::pair{~std::uint64_t{0}, std::uint64_t{3}},
          std::pair{~std::uint64_t{0}, ~std::uint64_t{0}},
          std::pair{~std::uint64_t{0} - 8000, ~std::uint64_t{0} - 1}}) {
        holdings.missed_since.store(since);
        page->missed_count.store(count);
        const auto listing = missed.list(holdings, kStore);
        EXPECT_FALSE(listing.is_complete);
        missed.settle(holdings, listing.span);
        missed.add(holdings, kStore, key("after"));
        const auto next = missed.list(holdings, kStore);
        EXPECT_TRUE(next.is_complete) << since << ' ' << count;
        EXPECT_EQ(next.keys.size(), 1u);
        missed.settle(holdings, next.span);
    }
}

TEST_F(HostilePage, CannotHandOutOwnersWithoutAnEnd) {
    dead_entry(key("a").text(), std::string(64, 'f'));
    ASSERT_FALSE(registry.next_orphan(orphan, kStores));
    EXPECT_EQ(page->locks[3].claim.load(), 0u);
}

TEST_F(HostilePage, CannotHaveAnybodySendWhatIsNoOwner) {
    for (const char* const text : {"", "a b", "a|b", "a\r\nflush_all", "\x80", "living:one"}) {
        dead_entry(key("a").text(), text);
        clock.advance(LockRegistry::kSweepInterval);
        EXPECT_FALSE(registry.next_orphan(orphan, kStores)) << text;
        EXPECT_EQ(page->locks[3].claim.load(), 0u) << text;
    }
}

TEST_F(HostilePage, CannotHaveTheLockOfALivingOwnerBroken) {
    dead_entry(key("a").text(), registry.new_owner().view());
    EXPECT_FALSE(registry.next_orphan(orphan, kStores));
}

TEST_F(HostilePage, CannotStopTheSweep) {
    page->next_lock_sweep_ns.store(kFarAway);
    (void)registry.next_orphan(orphan, kStores);
    EXPECT_LT(page->next_lock_sweep_ns.load(), kFarAway);
}

TEST_F(HostilePage, CannotGiveMoreHedgesThanTheBudgetHolds) {
    page->hedge_credit.store(std::numeric_limits<std::uint32_t>::max());
    HedgeBudget budget(page->hedge_credit);
    std::uint32_t spent = 0;
    while (spent <= HedgeBudget::kBurst && budget.spend()) ++spent;
    EXPECT_EQ(spent, HedgeBudget::kBurst);
}

}  // namespace
}  // namespace sessmirror::pool
