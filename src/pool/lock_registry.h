// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "pool/host_page.h"
#include "pool/process_identity.h"
#include "store/session_key.h"
#include "store/store.h"

namespace sessmirror::pool {

// Who on this host holds which session lock, so that the lock of a killed worker can be freed
// within a second instead of at its lease. Lives in the host page; an entry is written before the
// lock is asked for and cleared after it was given up, so a kill at any moment leaves either an
// entry or nothing to clean. Removing the lock itself is the caller's work and goes by
// compare-and-set, so a wrong verdict can never free a living owner's lock.
class LockRegistry {
  public:
    static constexpr Duration kSweepInterval = milliseconds(500);
    static constexpr int kNoTicket = -1;

    LockRegistry(HostPage& page, const Clock& clock, Random& random) noexcept;

    // A fresh owner name, "<host id>:<pid>:<pid start>:<nonce>" in hex, never used before. (The
    // host's id is the page's; in a child that has gone to another process_space(), that one.)
    store::LockOwner new_owner() noexcept;

    // Records that this process is about to ask `store_name_hash` for the lock of `key`. Returns a
    // ticket, or kNoTicket when the table is full (the lock then ends with its lease; no error).
    int enter(const store::SessionKey& key, std::uint64_t store_name_hash,
              const store::LockOwner& owner) noexcept;
    void leave(int ticket) noexcept;  // accepts kNoTicket
    // For a lock that could not be given back, or a claim whose fate is not known: the entry is an
    // orphan from now on, so that somebody frees the lock when its store is back.
    void abandon(int ticket) noexcept;  // accepts kNoTicket

    // Whether `owner` was made by a process of this host that no longer runs (a zombie counts as
    // gone), whichever server had started it. False for owners of other hosts and for anything that
    // does not parse.
    [[nodiscard]] bool is_dead(const store::LockOwner& owner) const noexcept;

    // Whether `owner` is one of this host's that has given up its lock at that store and could not
    // give it back. (It may hold the session's lock at another one, after a failover.)
    [[nodiscard]] bool is_abandoned(const store::LockOwner& owner,
                                    std::uint64_t store_name_hash) const noexcept;

    // How many requests of this host have asked that store for the lock of `key` and do not have
    // it; `holder` has it.
    [[nodiscard]] int waiters(const store::SessionKey& key, std::uint64_t store_name_hash,
                              const store::LockOwner& holder) const noexcept;

    // Changes when a process of this host has given up a lock of this key at this store (or of one
    // that is counted at the same place): for those who wait for it.
    [[nodiscard]] std::uint32_t releases(const store::SessionKey& key,
                                         std::uint64_t store_name_hash) const noexcept;

    struct Orphan {
        store::SessionKey key;
        std::uint64_t store_name_hash = 0;
        store::LockOwner owner;
        int ticket = kNoTicket;
    };
    // Finds one entry of a dead process, or an abandoned one, and takes it over: the caller breaks
    // the lock in the store and then calls leave(ticket), or abandon(ticket) if the store is down.
    // False when there is none or it is not yet time: a sweep that finds nothing gives the whole
    // host a rest of kSweepInterval, one that finds something does not, so that many workers killed
    // together are cleaned up together. Entries of other stores than these are left to their own
    // users, who alone can reach them, for as long as a lease may last.
    bool next_orphan(Orphan& out, std::span<const std::uint64_t> store_name_hashes) noexcept;

  private:
    // A ticket is a slot's index and the sequence number of the claim on it, so that a ticket that
    // was inherited by a child, or whose slot was taken over, frees nothing.
    static constexpr int kSlotBits = 10;
    static constexpr std::uint32_t kSequenceMask = 0x1FFFFF;
    static_assert(HostPage::kLockSlots == 1 << kSlotBits);

    void renew_identity() noexcept;
    [[nodiscard]] std::uint64_t host_id() const noexcept;
    [[nodiscard]] std::atomic<std::uint32_t>& wake_slot(
        std::string_view key, std::uint64_t store_name_hash) const noexcept;
    [[nodiscard]] LockSlot* slot_of(int ticket) noexcept;
    [[nodiscard]] std::uint64_t claim_of(std::uint32_t sequence) const noexcept;
    std::uint32_t next_sequence() noexcept;
    bool take_over(LockSlot& slot, int index, int& ticket) noexcept;
    bool claim_sweep() noexcept;
    [[nodiscard]] bool concerns(const LockSlot& slot,
                                std::span<const std::uint64_t> store_name_hashes) const noexcept;
    bool inspect(int index, Orphan& out) noexcept;
    [[nodiscard]] bool read_orphan(const LockSlot& slot, Orphan& out) const noexcept;

    HostPage& page_;
    const Clock& clock_;
    Random& random_;
    // Cached identity of this process, renewed when a fork made it another.
    ProcessIdentity self_;
    std::uint64_t space_ = 0;
    bool is_elsewhere_ = false;  // the page's numbers of processes mean nothing here
    unsigned fork_generation_ = 0;
    std::uint32_t sequence_ = 0;
    int sweep_position_ = 0;
};

}  // namespace sessmirror::pool
