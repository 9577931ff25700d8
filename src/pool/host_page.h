// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "pool/store_list.h"

namespace sessmirror::pool {

// What the workers of one user on one host know together, in shared memory made before they are
// forked (host_areas.h). Every field is a lock-free atomic; a worker may be killed between any two
// instructions without leaving the page unusable. A page starts from zero with its master process.
//
// Any process of the user can write anything here, so nobody trusts what is read: texts and numbers
// are checked where they are used, and times that lie farther ahead than anybody sets them have
// come (page_time.h). Garbage costs time, and for a while.

enum class Counter : std::uint8_t {
    Reads,               // sessions loaded
    LocalHits,           // of these, answered by the local store's copy
    Fallbacks,           // of these, another replica had to be asked
    Misses,              // of these, no replica had the session
    Writes,              // sessions stored
    DegradedWrites,      // acknowledged by fewer stores than there should be copies
    Touches,             // lifetimes extended without a write
    Repairs,             // copies restored on a store that lacked or had an old one
    Conflicts,           // compare-and-set found another request's write
    CorruptCopies,       // values that failed their checksum
    StaleReads,          // reads known to be older than what the client has seen
    LockWaits,           // requests that found the session locked and waited
    LockTimeouts,        // of these, gave up
    LocksLost,           // leases that ended before their request did
    LocksBroken,         // locks of dead workers removed
    Failovers,           // requests that used another home because the first was down
    Timeouts,            // store requests without an answer in time
    ConnectFailures,     // connections refused or unreachable
    ProtocolErrors,      // connections dropped for nonsense
    Connections,         // connections made
    Refilled,            // sessions copied to a store that had been away or joined
    SettingsMismatches,  // stores at which another web server has left other settings
    NoticesDropped,      // log lines suppressed by the rate limit
    Merges,              // of the conflicts, settled by merging both requests' changes
    Collisions,          // changes lost to conflicts: keys changed by both, or sessions replaced
    Hedges,              // reads whose first answer was late, so that another replica was asked
    HedgesWon,           // of these, the other replica answered first
    UnmetTokens,         // reads with a token that no store knows of, and anybody can have made
    ReadsWithoutToken,   // of a session whose cookie came back, and its token did not
    Imported,            // sessions taken over from another handler's place
    ImportFailures,      // such a place could not be asked, or what it had could not be used
    Exported,            // sessions stored for the old handler as well, once for each place
    ExportFailures,      // such a place was not told
    kCount,
};
const char* counter_name(Counter counter) noexcept;  // "local_hits"

// Whether a store can be used, and when it is tried again. See health.h.
struct Outage {
    std::atomic<std::int64_t> down_since_ns{0};  // 0: up
    std::atomic<std::int64_t> next_probe_ns{0};  // earliest time for the next probe, while down
    std::atomic<std::uint32_t> failures{0};      // 1 + probes that were begun since it was last up
};

// What is true of a store for everybody who uses it. See health.h for who may change what.
struct StoreSlot : Outage {
    std::atomic<std::uint64_t> name_hash{0};  // 0: free; 1: between two stores
    std::atomic<std::uint32_t> used_s{0};     // when a user came by last, on the clock
    std::atomic<std::uint32_t> doubt_before_unix{
        0};                                      // copies older than this may lack writes; 0 none
    std::atomic<std::uint32_t> returns{0};       // how often it came back
    std::atomic<std::int64_t> returned_ns{0};    // when it last did; 0: not yet
    std::atomic<std::uint64_t> life{0};          // hash of the last one that it was in; 0 not known
    std::atomic<std::uint64_t> life_used_ms{0};  // store::Life::used_ms when it was last told
    std::atomic<std::uint32_t> reruns{0};        // lives that had the name of the one before
    std::atomic<std::uint32_t> patience_us{0};   // the longest that any of its users waits for it
    std::atomic<std::uint32_t> latency_us{0};  // exponentially weighted mean of answers; 0 unknown
    std::atomic<std::uint32_t> latency_deviation_us{0};  // mean distance of answers from that mean
    std::atomic<std::int64_t> late_until_ns{0};          // an answer is overdue; 0: none
    std::atomic<std::int64_t> disproved_until_ns{0};     // it has told a made-up session; 0: no
    std::atomic<std::int64_t> last_notice_ns{0};         // line "is down"; see outage_notices.h
    std::atomic<std::int64_t> last_own_notice_ns{0};     // line about one process alone
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> errors{0};

    void clear() noexcept;  // all but the name and the time of use
};

// What a store holds of the sessions with one key_prefix, as far as this host knows.
struct HoldingsSlot {
    std::atomic<std::uint64_t> name_hash{0};  // of the store and the prefix; as above
    std::atomic<std::uint32_t> used_s{0};
    std::atomic<std::uint32_t> doubt_before_unix{0};  // as above, for these sessions alone
    std::atomic<std::uint32_t> filling{0};            // 1: not known to hold all it should hold
    std::atomic<std::int64_t> filling_since_ns{0};    // when that last changed; 0: not yet
    std::atomic<std::uint32_t> calls{0};    // for a comparison with its peers, besides the returns
    std::atomic<std::uint32_t> settled{0};  // calls and returns that are dealt with
    std::atomic<std::uint32_t> returns_seen{0};  // of these, the last that made a look due
    std::atomic<std::uint32_t> looked_at{0};     // 1 + reruns when a look found or made it complete
    std::atomic<std::uint64_t> missed_since{0};  // oldest of its missed writes; 0 none
    std::atomic<std::int64_t> refill_due_ns{0};  // earliest time for a worker to look after it
    std::atomic<std::uint64_t> refill_listed{0};  // sessions that a refill has to compare, so far
    std::atomic<std::uint64_t> refill_seen{0};    // sessions compared by the present refill
    std::atomic<std::uint64_t> refill_copied{0};  // of these, copied
    std::atomic<std::uint64_t> server{0};         // Refill::server() of the last look; 0 not known
    std::atomic<std::uint32_t> twin_told{0};      // 1: the log says whose twin the store is

    void clear() noexcept;
};

// One lock that a worker of this host holds or is asking for. See lock_registry.h. Only the process
// that `claim` names writes the rest; while `claim` is 0, `ready` and `pid_start` are 0 too.
struct LockSlot {
    std::atomic<std::uint64_t> claim{0};      // pid << 32 | sequence; 0: free
    std::atomic<std::uint32_t> entered_s{0};  // when, on the clock
    std::atomic<std::uint64_t> pid_start{0};  // 0: not known (yet)
    std::atomic<std::uint32_t> ready{0};      // see lock_registry.cpp; 0: not complete
    std::atomic<std::uint64_t> store_name_hash{0};
    std::array<std::atomic<std::uint64_t>, 12> key{};   // SessionKey text, zero padded
    std::array<std::atomic<std::uint64_t>, 8> owner{};  // LockOwner text, zero padded
};

// A session that a store has missed a change of. See missed_writes.h.
struct MissedWrite {
    std::atomic<std::uint64_t> sequence{0};  // 1 for the first that was ever added; 0: not readable
    std::atomic<std::uint64_t> holdings{0};  // HoldingsSlot::name_hash
    std::array<std::atomic<std::uint64_t>, 4> key{};
};

struct HostPage {
    static constexpr int kStoreSlots = 2 * kMaxStores;
    static constexpr int kLockSlots = 1024;
    static constexpr int kWakeSlots = 1024;
    static constexpr int kMissedWrites = 8192;

    std::atomic<std::uint64_t> host_id{0};  // names this host in lock owners; never 0
    // Of those whose numbers stand in the locks; see process_identity.h. 0: of all.
    std::atomic<std::uint64_t> process_space{0};
    std::array<StoreSlot, kStoreSlots> stores;
    std::array<HoldingsSlot, kStoreSlots> holdings;
    std::array<LockSlot, kLockSlots> locks;
    std::array<MissedWrite, kMissedWrites> missed;
    std::atomic<std::uint64_t> missed_count{0};  // that were ever added
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Counter::kCount)> counters;
    std::array<std::atomic<std::uint32_t>, kWakeSlots> releases;  // locks given up, by their keys
    std::atomic<std::int64_t> next_lock_sweep_ns{0};
    std::atomic<std::int64_t> next_settings_check_ns{0};
    std::atomic<std::int64_t> next_stale_notice_ns{0};  // see notice_turn.h
    std::atomic<std::int64_t> next_fork_notice_ns{0};
    std::atomic<std::uint32_t> hedge_credit{0};      // see hedge_budget.h
    std::atomic<std::uint32_t> longest_hold_us{0};   // see lock_holds.h
    std::atomic<std::uint32_t> last_import_unix{0};  // when a session was taken over; 0: never

    void count(Counter counter, std::uint64_t by = 1) noexcept {
        counters[static_cast<std::size_t>(counter)].fetch_add(by, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value(Counter counter) const noexcept {
        return counters[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
    }
    // The slot with this name, claimed on first use. Whoever uses a slot comes by here again and
    // again: one that nobody came by for kIdle may get another name, when no other is left. nullptr
    // when there is none (the pool then keeps health per worker, and asks again).
    // REQUIRES: name_hash > 1
    static constexpr Duration kIdle = std::chrono::minutes(5);
    StoreSlot* slot_for(std::uint64_t name_hash, TimePoint now) noexcept;
    HoldingsSlot* holdings_for(std::uint64_t name_hash, TimePoint now) noexcept;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

// Unmaps the page in this process only.
struct HostPageDeleter {
    void operator()(HostPage* page) const noexcept;
};
using HostPagePtr = std::unique_ptr<HostPage, HostPageDeleter>;

// One that stands alone: MAP_SHARED, zeroed, with this host_id. Children of this process
// share it. nullptr when the system has no memory.
HostPagePtr make_host_page(std::uint64_t random_host_id) noexcept;

}  // namespace sessmirror::pool
