// SPDX-License-Identifier: BSD-3-Clause
// Whatever is written anywhere in the shared page: nothing is read or written outside of it, what
// is handed on is what it is said to be, and no store is given up for good. The input is a list of
// words to be written, 12 bytes each: where, and what.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/journal.h"
#include "pool/health.h"
#include "pool/hedge_budget.h"
#include "pool/host_page.h"
#include "pool/lock_registry.h"
#include "pool/missed_writes.h"
#include "pool/outage_notices.h"
#include "support/manual_clock.h"

namespace {

using namespace sessmirror;

constexpr std::uint64_t kStore = 7;
constexpr std::array kStores{kStore};

void require(bool holds) {
    if (!holds) std::abort();
}

// Most words go where the work below looks.
std::size_t place_of(const pool::HostPage& page, const pool::StoreSlot& slot,
                     const pool::HoldingsSlot& holdings, std::uint32_t where) {
    const auto offset_of = [&](const void* part) {
        return static_cast<std::size_t>(static_cast<const char*>(part) -
                                        reinterpret_cast<const char*>(&page));
    };
    const std::size_t word = where >> 3;
    switch (where & 7) {
        case 0:
            return offset_of(&slot) + word % (sizeof slot / 8) * 8;
        case 1:
            return offset_of(&holdings) + word % (sizeof holdings / 8) * 8;
        case 2:
        case 3:
            return offset_of(page.locks.data()) + word % (4 * sizeof(pool::LockSlot) / 8) * 8;
        case 4:
            return offset_of(page.missed.data()) + word % (16 * sizeof(pool::MissedWrite) / 8) * 8;
        case 5:
            return offset_of(&page.missed_count) +
                   word % ((sizeof page - offset_of(&page.missed_count)) / 8) * 8;
        default:
            return word % (sizeof page / 8) * 8;
    }
}

void write_words(pool::HostPage& page, const pool::StoreSlot& slot,
                 const pool::HoldingsSlot& holdings, const std::uint8_t* data, std::size_t size) {
    for (; size >= 12; data += 12, size -= 12) {
        std::uint32_t where = 0;
        std::memcpy(&where, data, sizeof where);
        std::memcpy(reinterpret_cast<char*>(&page) + place_of(page, slot, holdings, where),
                    data + 4, 8);
    }
}

void check_health(pool::HostPage& page, pool::StoreSlot& slot, pool::HoldingsSlot& holdings,
                  test::ManualClock& clock, Random& random) {
    pool::Health health(slot, holdings, clock, random);
    require(health.down_for() >= Duration::zero());
    require(health.down_for() <= clock.now().time_since_epoch());
    require(health.late_after() <= pool::Health::kLongestLateness);
    require(!health.is_in_doubt(clock.unix_seconds() + pool::Health::kClockSlackSeconds + 1));
    Journal journal;
    const std::string name = "store";
    pool::OutageNotices notices(name, false, page, health, clock, journal);
    (void)health.report_failure();
    notices.failed(Error(Errc::Refused, "refused"), true);
    notices.recovered(health.down_since_ns());
    clock.advance(pool::Health::kMaxBackoff);
    require(health.claim_probe());
    (void)health.report_answer(milliseconds(1));
    require(health.is_up());
    clock.advance(pool::Health::kLateFor);
    require(!health.is_late());
    (void)health.claim_refill(milliseconds(1), milliseconds(1));
    clock.advance(pool::Health::kLongestRest);
    require(health.claim_refill(milliseconds(1), milliseconds(1)));
    const std::uint32_t due = health.comparison_due();
    if (due != 0) health.comparison_done(due);
    require(health.comparison_due() == 0);
}

void check_missed(pool::HostPage& page, pool::HoldingsSlot& slot) {
    pool::MissedWrites missed(page);
    const auto key = store::derive_key("sm:", "", "a");
    const auto listing = missed.list(slot, kStore);
    for (const auto& hash : listing.keys)
        require(store::SessionKey::from_text({hash.data(), hash.size()}).has_value());
    missed.settle(slot, listing.span);
    missed.add(slot, kStore, key);
    const auto next = missed.list(slot, kStore);
    require(!next.is_complete || std::ranges::any_of(next.keys, [&](const auto& hash) {
        return std::string_view(hash.data(), hash.size()) == key.hashed();
    }));
}

void check_locks(pool::HostPage& page, test::ManualClock& clock, Random& random) {
    pool::LockRegistry registry(page, clock, random);
    const auto own = registry.new_owner();
    const int ticket = registry.enter(store::derive_key("sm:", "", "b"), kStore, own);
    (void)registry.is_abandoned(own, kStore);
    require(!registry.is_dead(own));
    pool::LockRegistry::Orphan orphan;
    for (int i = 0; i < 8 && registry.next_orphan(orphan, kStores); ++i) {
        const std::string_view owner = orphan.owner.view();
        require(!owner.empty() && owner.size() < store::kMaxOwner);
        require(std::ranges::all_of(owner, [](char c) { return c > ' ' && c <= '~' && c != '|'; }));
        require(store::SessionKey::from_text(orphan.key.text()).has_value());
        require(owner != own.view());
        registry.leave(orphan.ticket);
    }
    registry.leave(ticket);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const pool::HostPagePtr page = pool::make_host_page(0xABC);
    if (!page) return 0;
    test::ManualClock clock;
    clock.advance(std::chrono::hours(1));
    test::SeededRandom random;
    pool::StoreSlot* slot = page->slot_for(kStore, clock.now());
    pool::HoldingsSlot* holdings = page->holdings_for(kStore, clock.now());
    write_words(*page, *slot, *holdings, data, size);

    slot = page->slot_for(kStore, clock.now());
    holdings = page->holdings_for(kStore, clock.now());
    if (slot != nullptr && holdings != nullptr) {
        check_health(*page, *slot, *holdings, clock, random);
        check_missed(*page, *holdings);
    }
    check_locks(*page, clock, random);
    pool::HedgeBudget budget(page->hedge_credit);
    std::uint32_t spent = 0;
    while (spent <= pool::HedgeBudget::kBurst && budget.spend()) ++spent;
    require(spent <= pool::HedgeBudget::kBurst);
    return 0;
}
