// SPDX-License-Identifier: BSD-3-Clause
#include "replica/settings_check.h"
#include "service/service_impl.h"

namespace sessmirror::service {
namespace {

constexpr Duration kSlice = milliseconds(2);

}  // namespace

// No client can choose an id with these bytes in it: PHP refuses blanks.
store::SessionKey SessionService::Impl::settings_key(const Options& options) noexcept {
    return store::derive_key(options.key_prefix, "", "the settings of all hosts");
}

replica::Refill::Scope SessionService::Impl::refill_scope(const Deployment& deployment) {
    const Options& options = deployment.options;
    replica::Refill::Scope scope;
    scope.prefix = options.key_prefix;
    scope.ready_key = store::derive_key(scope.prefix, "", "this store is complete");
    scope.settings_key = settings_key(options);
    scope.settings = replica::describe_settings(*deployment.pool, options.redundancy, "");
    scope.inventories = deployment.inventories;
    return scope;
}

void SessionService::Impl::begin_whole_refill() {
    Deployment& deployment = current();
    deployment.refilling.reset();  // both ask the same inventories
    deployment.whole_refill.emplace(environment(deployment), refill_scope(deployment));
}

SessionService::RefillProgress SessionService::Impl::continue_whole_refill(Duration time) {
    auto& work = current().whole_refill;
    // A page that was served in between has changed the configuration.
    if (!work) return {true, 1};
    work->step(loop, time);
    return {work->is_over(), work->progress()};
}

void SessionService::Impl::refill() noexcept {
    Deployment& deployment = current();
    deployment.whole_refill.reset();  // whoever asked for it has got its results, or has left it
    if (!deployment.refilling) deployment.refilling.emplace(refill_scope(deployment));
    replica::Refilling& work = *deployment.refilling;
    if (!work.resume(environment(deployment))) return;
    loop.run_until(work.done(), loop.now() + kSlice);
    work.pause();
    if (!work.done()) loop.run_until(work.quiet(), loop.now() + replica::Refill::kDrain);
    work.settle(*deployment.pool);
}

}  // namespace sessmirror::service
