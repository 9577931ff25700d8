// SPDX-License-Identifier: BSD-3-Clause
#include "net/loop_timer.h"

#include <event2/event.h>

#include <algorithm>
#include <utility>

#include "net/event_loop.h"
#include "net/timeval.h"

namespace sessmirror::net {

LoopTimer::~LoopTimer() {
    loop_.timer_ended(*this);
    if (event_ != nullptr) event_free(event_);
}

void LoopTimer::start(Duration delay) {
    due_ = loop_.now() + delay;
    if (kind_ == Kind::Guard && !is_armed_) return loop_.guard_started(*this);
    arm();
    if (kind_ == Kind::Exact) loop_.timer_started(*this);
}

void LoopTimer::arm() {
    event_base* const base = loop_.base();
    if (base == nullptr) return;  // the loop cannot run either; its caller meets the deadline
    if (event_ == nullptr) {
        const auto on_due = [](evutil_socket_t, short, void* self) noexcept {
            static_cast<LoopTimer*>(self)->fire();
        };
        event_ = event_new(base, -1, 0, on_due, this);
        if (event_ == nullptr) return;
    }
    const timeval wait = to_timeval(std::max(due_ - loop_.now(), Duration::zero()));
    is_armed_ = event_add(event_, &wait) == 0;
}

void LoopTimer::stop() noexcept {
    loop_.timer_ended(*this);
    if (std::exchange(is_armed_, false)) event_del(event_);
}

void LoopTimer::fire() noexcept {
    is_armed_ = false;
    // libevent measures with a coarse clock that lags by some milliseconds, so it may be early.
    if (loop_.now() < due_) return arm();
    loop_.timer_ended(*this);
    sink_.on_timer();
}

}  // namespace sessmirror::net
