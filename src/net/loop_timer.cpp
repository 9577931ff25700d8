// SPDX-License-Identifier: BSD-3-Clause
#include "net/loop_timer.h"

#include <event2/event.h>

#include "net/event_loop.h"
#include "net/timeval.h"

namespace sessmirror::net {

LoopTimer::~LoopTimer() {
    loop_.timer_ended(*this);
    if (event_ != nullptr) event_free(event_);
}

void LoopTimer::start(Duration delay) {
    event_base* const base = loop_.base();
    if (base == nullptr) return;  // the loop cannot run either; its caller meets the deadline
    if (event_ == nullptr) {
        const auto on_due = [](evutil_socket_t, short, void* self) noexcept {
            static_cast<LoopTimer*>(self)->fire();
        };
        event_ = event_new(base, -1, 0, on_due, this);
        if (event_ == nullptr) return;
    }
    due_ = loop_.now() + delay;
    const timeval wait = to_timeval(delay);
    event_add(event_, &wait);
    if (kind_ == Kind::Exact) loop_.timer_started(*this);
}

void LoopTimer::stop() noexcept {
    loop_.timer_ended(*this);
    if (event_ != nullptr) event_del(event_);
}

void LoopTimer::fire() noexcept {
    // libevent measures with a coarse clock that lags by some milliseconds, so it may be early.
    const Duration left = due_ - loop_.now();
    if (left > Duration::zero()) {
        const timeval wait = to_timeval(left);
        event_add(event_, &wait);
        return;
    }
    loop_.timer_ended(*this);
    sink_.on_timer();
}

}  // namespace sessmirror::net
