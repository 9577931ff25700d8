// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <utility>

#include "pool/lock_registry.h"
#include "replica/guarded_put.h"
#include "replica/session_view.h"
#include "store/store.h"

namespace sessmirror::replica {

// The release of a session's lock in the packet of the put that goes to its store. Until that put
// has ended the lock registry keeps the note of the lock, so that another process can free it.
class CarriedUnlock {
  public:
    explicit CarriedUnlock(pool::LockRegistry& locks) noexcept : locks_(locks) {}
    ~CarriedUnlock() { locks_.abandon(ticket_); }
    CarriedUnlock(const CarriedUnlock&) = delete;
    CarriedUnlock& operator=(const CarriedUnlock&) = delete;

    // The lock stays held.
    void withhold() noexcept { is_withheld_ = true; }
    [[nodiscard]] bool is_withheld() const noexcept { return is_withheld_; }

    // What the packet to `store` shall release.
    std::optional<store::HeldLock> take(LockHold& hold, int store) noexcept {
        if (is_withheld_ || store != hold.store) return std::nullopt;
        const LockHold taken = std::exchange(hold, {});
        ticket_ = taken.ticket;
        store_ = store;
        return taken.lock;
    }

    // For each put when it has ended. One that failed may have left the lock where it was.
    void settle(const GuardedPut& put) noexcept {
        if (put.store() != store_) return;
        const bool has_failed = put.outcome() == GuardedPut::Outcome::Failed;
        has_failed ? locks_.abandon(ticket_) : locks_.leave(ticket_);
        ticket_ = pool::LockRegistry::kNoTicket;
        store_ = -1;
    }

  private:
    pool::LockRegistry& locks_;
    bool is_withheld_ = false;
    int store_ = -1;
    int ticket_ = pool::LockRegistry::kNoTicket;
};

}  // namespace sessmirror::replica
