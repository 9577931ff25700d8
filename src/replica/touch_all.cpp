// SPDX-License-Identifier: BSD-3-Clause
#include "replica/touch_all.h"

#include "replica/repair.h"

namespace sessmirror::replica {

void TouchAll::run() noexcept {
    // Counted before the first request, so that the last reply and not an early one ends this.
    for (const int store : view_.set().members()) pending_ += env_.pool.is_up(store) ? 1 : 0;
    if (pending_ == 0) return finish(Error(Errc::NoStore, "every store is known to be down"));
    for (const int store : view_.set().members()) {
        Copy& copy = view_.copy(store);
        if (copy.state == Copy::State::Present) copy.ttl_left_s = lifetime_s_;
    }
    for (const int store : view_.set().members())
        if (env_.pool.is_up(store))
            env_.pool.store(store).touch(view_.key(), lifetime_s_, deadline(), this);
}

void TouchAll::on_touch(int store, Result<store::TouchReply> reply) noexcept {
    if (!reply) {
        failures_.append("%s%s", failures_.detail[0] == '\0' ? "" : "; ", reply.error().detail);
    } else {
        ++kept_;
        if (!reply->found && view_.is_alive()) repair_missing(env_, view_, store);
    }
    if (--pending_ > 0) return;
    if (kept_ == 0) return finish(failures_);
    env_.pool.count(pool::Counter::Touches);
    finish(kOk);
}

}  // namespace sessmirror::replica
