// SPDX-License-Identifier: BSD-3-Clause
#include "pool/host_page.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <type_traits>

namespace sessmirror::pool {

static_assert(std::is_trivially_destructible_v<HostPage>);

const char* counter_name(Counter counter) noexcept {
    static constexpr std::array<const char*, static_cast<std::size_t>(Counter::kCount)> kNames = {
        "reads",           "local_hits",
        "fallbacks",       "misses",
        "writes",          "degraded_writes",
        "touches",         "repairs",
        "conflicts",       "corrupt_copies",
        "stale_reads",     "lock_waits",
        "lock_timeouts",   "locks_lost",
        "locks_broken",    "failovers",
        "timeouts",        "connect_failures",
        "protocol_errors", "connections",
        "refilled",        "settings_mismatches",
        "notices_dropped", "merges",
        "collisions",      "hedges",
        "hedges_won"};
    const auto index = static_cast<std::size_t>(counter);
    return index < kNames.size() ? kNames[index] : "unknown";
}

StoreSlot* HostPage::slot_for(std::uint64_t name_hash) noexcept {
    for (std::size_t i = 0; i < stores.size(); ++i) {
        StoreSlot& slot = stores[(name_hash + i) % stores.size()];
        std::uint64_t holder = 0;
        // Claiming and finding are one step, so two workers that meet here agree on the slot.
        if (slot.name_hash.compare_exchange_strong(holder, name_hash) || holder == name_hash)
            return &slot;
    }
    return nullptr;
}

void HostPageDeleter::operator()(HostPage* page) const noexcept {
    munmap(page, sizeof(HostPage));
}

HostPagePtr make_host_page(std::uint64_t random_host_id) noexcept {
    void* const memory =
        mmap(nullptr, sizeof(HostPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    HostPagePtr page(new (memory) HostPage{});
    page->host_id.store(std::max<std::uint64_t>(random_host_id, 1));
    return page;
}

}  // namespace sessmirror::pool
