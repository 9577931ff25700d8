// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "pool/lock_registry.h"
#include "pool/pool.h"

namespace sessmirror::service {

// Locks that are being given back, or broken, without a page waiting for it, until their stores
// have answered. A release may take several steps (a new connection, a lock whose CAS is not
// known), so somebody has to run the loop until none() before the worker goes idle.
//
// An entry of the lock registry is left only when its store has answered; a release that fails
// leaves it abandoned, for the next sweep.
class PendingReleases {
  public:
    explicit PendingReleases(pool::LockRegistry& locks) noexcept : locks_(locks) {}

    // `pool` is not destroyed before none(), except when all ends.
    void start(pool::Pool& pool, int store, const store::SessionKey& key,
               const store::HeldLock& lock, int ticket, TimePoint deadline);
    [[nodiscard]] const bool& none() const noexcept { return none_; }

  private:
    // A sink for each, since answers of one store may overtake each other between steps.
    struct Release final : store::StoreSink {
        explicit Release(PendingReleases& releases) noexcept : owner(releases) {}
        void on_release(int, Result<store::ReleaseReply> reply) noexcept override {
            owner.end(*this, static_cast<bool>(reply));
        }
        PendingReleases& owner;
        int ticket = pool::LockRegistry::kNoTicket;
        bool is_pending = false;
    };

    Release& free_release();
    void end(Release& release, bool answered) noexcept;

    pool::LockRegistry& locks_;
    std::vector<std::unique_ptr<Release>> releases_;  // used again
    std::size_t pending_ = 0;
    bool none_ = true;
};

}  // namespace sessmirror::service
