// SPDX-License-Identifier: BSD-3-Clause
#include <utility>

#include "base/fork_guard.h"
#include "replica/settings_check.h"
#include "service/service_impl.h"

namespace sessmirror::service {
namespace {

constexpr Duration kSlice = milliseconds(2);
constexpr Duration kDrain = milliseconds(20);  // a live store answers well within
constexpr Duration kFirstLook = milliseconds(3'000);
constexpr Duration kLookInterval = milliseconds(60'000);
constexpr Duration kRetry = milliseconds(2'000);
// A worker that has begun and serves no page for so long is not waited for.
constexpr Duration kLease = milliseconds(5'000);

}  // namespace

// No client can choose an id with these bytes in it: PHP refuses blanks.
store::SessionKey SessionService::Impl::settings_key(const Options& options) noexcept {
    return store::derive_key(options.key_prefix, "", "the settings of all hosts");
}

// The first look comes a little after the first session, so that a script that runs once sends
// nothing for it.
void SessionService::Impl::begin_refill(Deployment& deployment) {
    pool::Pool& pool = *deployment.pool;
    if (pool.size() < 2) return;
    for (int store = 0; store < pool.size(); ++store) {
        if (!pool.is_up(store) || !pool.health(store).claim_refill(kFirstLook, kLease)) continue;
        replica::Refill::Scope scope;
        scope.prefix = deployment.options.key_prefix;
        scope.ready_key = store::derive_key(scope.prefix, "", "this store is complete");
        scope.settings_key = settings_key(deployment.options);
        scope.settings = replica::describe_settings(pool, deployment.options.redundancy, "");
        scope.inventories = deployment.inventories;
        deployment.refill = std::make_unique<replica::Refill>(
            environment(deployment), std::move(scope), store, pool.health(store).take_return());
        deployment.refill_fork_generation = fork_generation();
        deployment.refill->start();
        return;
    }
}

void SessionService::Impl::refill() noexcept {
    Deployment& deployment = current();
    // A child that was forked meanwhile has lost the connections on which the work was waiting.
    if (deployment.refill_fork_generation != fork_generation()) deployment.refill.reset();
    if (!deployment.refill) begin_refill(deployment);
    if (!deployment.refill) return;
    replica::Refill& work = *deployment.refill;
    pool::Health& health = deployment.pool->health(work.target());
    health.next_refill_in(kLease);
    work.resume();
    loop.run_until(work.done(), loop.now() + kSlice);
    work.pause();
    if (!work.done()) loop.run_until(work.quiet(), loop.now() + kDrain);
    if (!work.done()) return;
    // It may have gone and come back while it was worked on.
    const bool is_settled = work.outcome() && health.slot().returned.load() == 0;
    health.next_refill_in(is_settled ? kLookInterval : kRetry);
    deployment.refill.reset();
}

}  // namespace sessmirror::service
