// SPDX-License-Identifier: BSD-3-Clause
#include "replica/look_ahead.h"

#include <algorithm>

namespace sessmirror::replica {

void LookAhead::watch(int home, std::uint64_t failed, TimePoint deadline) {
    failed_ = failed;
    deadline_ = deadline;
    if (!timer_) timer_ = env_.scheduler.make_guard_timer(*this);
    timer_->start(std::max(env_.pool.health(home).late_after(), kEarliest));
}

void LookAhead::stop() noexcept {
    if (timer_) timer_->stop();
}

// The local store answers, or refuses at once.
void LookAhead::on_timer() noexcept {
    const int next = view_.set().home(env_.pool, failed_);
    if (next < 0 || next == env_.pool.local() || !env_.pool.is_up(next) || asked_ >= 0) return;
    asked_ = next;
    env_.pool.store(next).fetch({view_.key(), store::Want::Version, std::nullopt, deadline_}, this);
}

void LookAhead::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    asked_ = -1;
    if (!reply) view_.absorb(env_.pool, store, reply);
    listener_.on_looked();
}

}  // namespace sessmirror::replica
