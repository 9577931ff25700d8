// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace sessmirror {

using Duration = std::chrono::nanoseconds;
using std::chrono::milliseconds;

// Time that never jumps. The clock type has no now() on purpose: every reader of time is handed a
// Clock, so that the simulation can own it.
struct MonotonicTime {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicTime>;
    static constexpr bool is_steady = true;
};
using TimePoint = MonotonicTime::time_point;

class Clock {
  public:
    virtual ~Clock() = default;
    // Comparable between the processes of one host (CLOCK_MONOTONIC), not between hosts.
    virtual TimePoint now() const noexcept = 0;
    // Wall clock. May be wrong by hours; nothing that decides consistency relies on it alone.
    virtual std::uint32_t unix_seconds() const noexcept = 0;
};

class TimerSink {
  public:
    virtual void on_timer() noexcept = 0;

  protected:
    ~TimerSink() = default;
};

// One-shot and restartable. Destroying it stops it.
class Timer {
  public:
    virtual ~Timer() = default;
    virtual void start(Duration delay) = 0;  // replaces a pending start; delay <= 0 fires next turn
    virtual void stop() noexcept = 0;
};

// Where state machines get their time from: the event loop in production, the seeded scheduler in
// the simulation. Sinks are called from the loop only, never from inside start().
class Scheduler : public Clock {
  public:
    virtual std::unique_ptr<Timer> make_timer(TimerSink& sink) = 0;  // sink outlives the timer
    // A timer for what should not happen: it may fire some milliseconds late, and costs less.
    virtual std::unique_ptr<Timer> make_guard_timer(TimerSink& sink) { return make_timer(sink); }
};

// Randomness is injected for the same reason.
class Random {
  public:
    virtual ~Random() = default;
    virtual std::uint64_t next() noexcept = 0;
    // Uniform enough for back-off and jitter: [0, bound), 0 when bound is 0.
    std::uint64_t below(std::uint64_t bound) noexcept { return bound == 0 ? 0 : next() % bound; }
};

}  // namespace sessmirror
