// SPDX-License-Identifier: BSD-3-Clause
#include "net/event_loop.h"

#include <event2/event.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <new>

#include "base/fork_guard.h"
#include "net/loop_timer.h"
#include "net/plain_stream.h"
#include "net/timeval.h"

namespace sessmirror::net {
namespace {

// libevent ends the process when there are no descriptors for its queue and its pipe of signals
// left. So it is asked only when there are some; this takes and gives back as many.
bool has_descriptors() noexcept {
    constexpr std::size_t kNeeded = 4;
    std::array<int, kNeeded> taken{};
    std::size_t count = 0;
    while (count < kNeeded && (taken[count] = ::epoll_create1(EPOLL_CLOEXEC)) >= 0) ++count;
    std::for_each_n(taken.begin(), count, [](int fd) { ::close(fd); });
    return count == kNeeded;
}

// The loop only has to wake up.
void on_alarm(evutil_socket_t, short, void*) noexcept {}

}  // namespace

void EventLoop::BaseDeleter::operator()(event_base* base) const noexcept {
    event_base_free(base);
}

void EventLoop::EventDeleter::operator()(event* ev) const noexcept {
    event_free(ev);
}

EventLoop::EventLoop() noexcept : fork_generation_(sessmirror::fork_generation()) {
    watch_forks();
}

EventLoop::~EventLoop() {
    // In a child, freeing the events would otherwise take the parent's out of the shared queue.
    if (base_) leave_parent();
    alarm_.reset();
}

TimePoint EventLoop::now() const noexcept {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return TimePoint(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

std::uint32_t EventLoop::unix_seconds() const noexcept {
    return static_cast<std::uint32_t>(std::time(nullptr));
}

std::unique_ptr<Timer> EventLoop::make_timer(TimerSink& sink) {
    return std::make_unique<LoopTimer>(*this, sink, LoopTimer::Kind::Exact);
}

std::unique_ptr<Timer> EventLoop::make_guard_timer(TimerSink& sink) {
    return std::make_unique<LoopTimer>(*this, sink, LoopTimer::Kind::Guard);
}

std::unique_ptr<Stream> EventLoop::make_stream(StreamSink& sink) {
    if (stream_maker_ != nullptr) return stream_maker_->make(*this, sink);
    return std::make_unique<PlainStream>(*this, sink);
}

void EventLoop::timer_started(const LoopTimer& timer) {
    if (std::ranges::find(timers_, &timer) == timers_.end()) timers_.push_back(&timer);
}

void EventLoop::guard_started(LoopTimer& timer) {
    if (std::ranges::find(guards_, &timer) == guards_.end()) guards_.push_back(&timer);
}

void EventLoop::timer_ended(const LoopTimer& timer) noexcept {
    std::erase(timers_, &timer);
    std::erase(guards_, &timer);
}

void EventLoop::arm_guards() {
    for (LoopTimer* const guard : guards_) guard->arm();
    guards_.clear();
}

void EventLoop::await(AwaitedSocket& socket) {
    if (std::ranges::find(awaited_, &socket) == awaited_.end()) awaited_.push_back(&socket);
}

void EventLoop::await_no_longer(AwaitedSocket& socket) noexcept {
    std::erase(awaited_, &socket);
}

void EventLoop::unpost(const ReadySource& source) noexcept {
    posted_.for_each([&](ReadySource*& posted) {
        if (posted == &source) posted = nullptr;
    });
}

// What is at hand takes no time worth measuring, so the clock is asked now and then only.
void EventLoop::run_posted(const bool& done, TimePoint deadline) noexcept {
    constexpr unsigned kBetweenLooks = 32;
    for (unsigned count = 1; !done && !posted_.empty(); ++count) {
        ReadySource* const source = posted_.pop();
        if (source != nullptr) source->on_ready();
        if (count % kBetweenLooks == 0 && now() >= deadline) return;
    }
}

event_base* EventLoop::base() noexcept {
    if (base_) return leave_parent() ? base_.get() : nullptr;
    make_base();
    return base_.get();
}

void EventLoop::make_base() noexcept {
    if (!has_descriptors()) return;
    fork_generation_ = sessmirror::fork_generation();
    event_config* config = event_config_new();
    if (config == nullptr) return;
    // One thread; and no EVENT_* variable of a web request's environment may steer the loop.
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
    base_.reset(event_base_new_with_config(config));
    event_config_free(config);
    if (!base_) return;
    alarm_.reset(event_new(base_.get(), -1, 0, &on_alarm, nullptr));
    scratch_.reset(new (std::nothrow) std::array<std::byte, kScratchBytes>);
    if (alarm_ && scratch_) return;
    alarm_.reset();
    base_.reset();
}

bool EventLoop::leave_parent() noexcept {
    const unsigned generation = sessmirror::fork_generation();
    if (generation == fork_generation_) return true;
    if (!has_descriptors()) return false;
    fork_generation_ = generation;
    event_reinit(base_.get());
    for (ForkSink* sink : fork_sinks_) sink->on_forked();
    return true;
}

void EventLoop::watch_fork(ForkSink& sink) {
    fork_sinks_.push_back(&sink);
}

void EventLoop::unwatch_fork(ForkSink& sink) noexcept {
    std::erase(fork_sinks_, &sink);
}

// REQUIRES: a socket is awaited. Other sockets' bytes, of which nobody waits for any, stay where
// they are until they are needed.
bool EventLoop::receive_directly(TimePoint deadline) noexcept {
    for (const LoopTimer* timer : timers_) deadline = std::min(deadline, timer->due());
    return awaited_.front()->receive_directly(deadline);
}

// With EVLOOP_NONBLOCK alone libevent would go on for as long as it finds anything.
void EventLoop::look_once() {
    arm_guards();
    event_base_loop(base(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

bool EventLoop::run_until(const bool& done, TimePoint deadline, Answers needed) {
    run_posted(done, deadline);
    if (done) return true;
    event_base* const loop = base();
    if (loop == nullptr) return false;
    bool has_alarm = false;
    // What one socket receives again and again keeps neither timers nor other sockets waiting.
    constexpr unsigned kBetweenLooks = 16;
    unsigned received = 0;
    while (!done) {
        run_posted(done, deadline);
        if (done) break;
        const bool one_by_one = needed == Answers::Every && !awaited_.empty();
        if (one_by_one || awaited_.size() == 1) {
            if (receive_directly(deadline)) {
                if (++received % kBetweenLooks == 0) look_once();
                continue;
            }
            // The first is late. What the others bring is not kept waiting again.
            needed = Answers::Any;
        }
        const Duration left = deadline - now();
        if (left <= Duration::zero()) {
            look_once();
            break;
        }
        arm_guards();
        const timeval wait = to_timeval(left);
        has_alarm = event_add(alarm_.get(), &wait) == 0;
        if (!has_alarm || event_base_loop(loop, EVLOOP_ONCE) < 0) break;
    }
    if (has_alarm) event_del(alarm_.get());
    return done;
}

void EventLoop::run_ready() {
    const bool never = false;
    run_posted(never, now());
    if (base() != nullptr) look_once();
}

}  // namespace sessmirror::net
