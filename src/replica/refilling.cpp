// SPDX-License-Identifier: BSD-3-Clause
#include "replica/refilling.h"

#include "base/fork_guard.h"

namespace sessmirror::replica {

namespace {

Refill::Extent extent_for(const pool::Health& health) noexcept {
    if (health.comparison_due() != 0) return Refill::Extent::Missed;
    return health.is_looked_at() ? Refill::Extent::Look : Refill::Extent::First;
}

}  // namespace

std::unique_ptr<Refill> Refilling::take_up(const Environment& env) {
    pool::Pool& pool = env.pool;
    if (pool.size() < 2) return nullptr;
    for (int store = 0; store < pool.size(); ++store) {
        pool::Health& health = pool.health(store);
        if (!health.is_up() || !health.claim_refill(kFirstLook, kLease)) continue;
        due_ = health.comparison_due();
        const auto extent = extent_for(health);
        auto refill = std::make_unique<Refill>(env, scope_, store, extent);
        refill->start();
        return refill;
    }
    return nullptr;
}

bool Refilling::resume(const Environment& env) {
    // A child that was forked meanwhile has lost the connections on which the work was waiting.
    if (fork_generation_ != fork_generation()) refill_.reset();
    fork_generation_ = fork_generation();
    if (!refill_) refill_ = take_up(env);
    if (!refill_) return false;
    env.pool.health(refill_->target()).next_refill_in(kLease);
    refill_->resume();
    return true;
}

void Refilling::settle(pool::Pool& pool) noexcept {
    if (!refill_->done()) return;
    pool::Health& health = pool.health(refill_->target());
    if (refill_->outcome() && due_ != 0) health.comparison_done(due_);
    // It may have gone and come back while it was worked on. A first look that failed for want of
    // peers is no reason to list the others again and again, and is repeated soon if it has not.
    const bool is_urgent = due_ != 0 || health.comparison_due() != 0 || !refill_->has_listed();
    const bool is_settled = refill_->outcome() && health.comparison_due() == 0;
    health.next_refill_in(is_settled || !is_urgent ? kLookInterval : kRetry);
    compare_servers(pool);
    refill_.reset();
}

void Refilling::compare_servers(pool::Pool& pool) noexcept {
    const std::uint64_t server = refill_->server();
    pool.health(refill_->target()).holdings().server.store(server, std::memory_order_relaxed);
    if (server != 0) pool.report_twins();
}

}  // namespace sessmirror::replica
