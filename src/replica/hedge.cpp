// SPDX-License-Identifier: BSD-3-Clause
#include "replica/hedge.h"

#include <algorithm>

namespace sessmirror::replica {

void Hedge::watch(int store) {
    if (!env_.policy.hedges) return;
    budget_.earn();
    const Duration late = env_.pool.health(store).late_after();
    if (late == Duration::zero()) return;
    if (!timer_) timer_ = env_.scheduler.make_guard_timer(*this);
    store_ = store;
    timer_->start(std::max(late, kEarliest));
}

void Hedge::on_timer() noexcept {
    env_.pool.health(store_).report_late();
    listener_.on_late();
}

void Hedge::stop() noexcept {
    if (timer_) timer_->stop();
}

bool Hedge::spend() noexcept {
    if (!budget_.spend()) return false;
    env_.pool.count(pool::Counter::Hedges);
    return true;
}

}  // namespace sessmirror::replica
