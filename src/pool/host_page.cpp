// SPDX-License-Identifier: BSD-3-Clause
#include "pool/host_page.h"

#include <sys/mman.h>

#include <algorithm>
#include <type_traits>

#include "pool/page_time.h"

namespace sessmirror::pool {

static_assert(std::is_trivially_destructible_v<HostPage>);

const char* counter_name(Counter counter) noexcept {
    static constexpr std::array<const char*, static_cast<std::size_t>(Counter::kCount)> kNames = {
        "reads",
        "local_hits",
        "fallbacks",
        "misses",
        "writes",
        "degraded_writes",
        "touches",
        "repairs",
        "conflicts",
        "corrupt_copies",
        "stale_reads",
        "lock_waits",
        "lock_timeouts",
        "locks_lost",
        "locks_broken",
        "failovers",
        "timeouts",
        "connect_failures",
        "protocol_errors",
        "connections",
        "refilled",
        "settings_mismatches",
        "notices_dropped",
        "merges",
        "collisions",
        "hedges",
        "hedges_won",
        "unmet_tokens",
        "reads_without_token",
        "imported",
        "import_failures",
        "exported",
        "export_failures"};
    const auto index = static_cast<std::size_t>(counter);
    return index < kNames.size() ? kNames[index] : "unknown";
}

namespace {

constexpr std::uint64_t kBetweenNames = 1;

template <class Slot>
void note_use(Slot& slot, std::uint32_t now_s) noexcept {
    if (slot.used_s.load(std::memory_order_relaxed) != now_s) slot.used_s.store(now_s);
}

template <class Slot>
bool is_idle(const Slot& slot, std::uint32_t now_s) noexcept {
    constexpr auto kIdleSeconds =
        std::chrono::duration_cast<std::chrono::seconds>(HostPage::kIdle).count();
    const std::int64_t ago = std::int64_t{now_s} - slot.used_s.load();
    return ago >= kIdleSeconds || ago < -1;  // nobody has come by in the future
}

// Finding and claiming look at the slots in one order, so two workers that meet agree on the slot.
template <class Slots>
auto find_or_claim(Slots& slots, std::uint64_t name_hash, TimePoint now) noexcept ->
    typename Slots::pointer {
    const std::uint32_t now_s = seconds_of(now);
    const auto nth = [&](std::size_t i) -> auto& {
        return slots[(name_hash + i) % slots.size()];
    };
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (nth(i).name_hash.load(std::memory_order_acquire) != name_hash) continue;
        note_use(nth(i), now_s);
        return &nth(i);
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
        auto& slot = nth(i);
        std::uint64_t holder = 0;
        if (!slot.name_hash.compare_exchange_strong(holder, name_hash) && holder != name_hash)
            continue;
        note_use(slot, now_s);
        return &slot;
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
        auto& slot = nth(i);
        std::uint64_t holder = slot.name_hash.load();
        if (!is_idle(slot, now_s)) continue;
        // Whoever is killed here leaves a slot that is idle again after a while.
        if (!slot.name_hash.compare_exchange_strong(holder, kBetweenNames)) return nullptr;
        slot.used_s.store(now_s);
        slot.clear();
        slot.name_hash.store(name_hash, std::memory_order_release);
        return &slot;
    }
    return nullptr;
}

template <class... Fields>
void zero(Fields&... fields) noexcept {
    (fields.store(0), ...);
}

}  // namespace

void StoreSlot::clear() noexcept {
    zero(down_since_ns, next_probe_ns, failures, doubt_before_unix, returns, returned_ns, life);
    zero(life_used_ms, reruns, patience_us, latency_us, latency_deviation_us);
    zero(late_until_ns, disproved_until_ns, last_notice_ns, last_own_notice_ns);
    zero(requests, errors);
}

void HoldingsSlot::clear() noexcept {
    zero(doubt_before_unix, filling, filling_since_ns, calls, settled, returns_seen, looked_at,
         missed_since);
    zero(refill_due_ns, refill_listed, refill_seen, refill_copied, server, twin_told);
}

StoreSlot* HostPage::slot_for(std::uint64_t name_hash, TimePoint now) noexcept {
    return find_or_claim(stores, name_hash, now);
}

HoldingsSlot* HostPage::holdings_for(std::uint64_t name_hash, TimePoint now) noexcept {
    return find_or_claim(holdings, name_hash, now);
}

void HostPageDeleter::operator()(HostPage* page) const noexcept {
    munmap(page, sizeof(HostPage));
}

HostPagePtr make_host_page(std::uint64_t random_host_id) noexcept {
    void* const memory =
        mmap(nullptr, sizeof(HostPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    // Zeroes are a page, and what is not written takes no memory.
    HostPagePtr page(static_cast<HostPage*>(memory));
    page->host_id.store(std::max<std::uint64_t>(random_host_id, 1));
    return page;
}

}  // namespace sessmirror::pool
