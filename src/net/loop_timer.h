// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "base/clock.h"

struct event;

namespace sessmirror::net {

class EventLoop;

// A Timer of the event loop. Costs no system call to start or stop.
class LoopTimer final : public Timer {
  public:
    enum class Kind : std::uint8_t { Exact, Guard };  // see EventLoop::make_guard_timer

    LoopTimer(EventLoop& loop, TimerSink& sink, Kind kind) noexcept
        : loop_(loop), sink_(sink), kind_(kind) {}
    ~LoopTimer() override;
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;

    void start(Duration delay) override;
    void stop() noexcept override;
    [[nodiscard]] TimePoint due() const noexcept { return due_; }  // while it runs
    // Hands it to libevent. For the loop, which does so with guards before it waits there.
    void arm();

  private:
    void fire() noexcept;

    EventLoop& loop_;
    TimerSink& sink_;
    const Kind kind_;
    event* event_ = nullptr;
    bool is_armed_ = false;
    TimePoint due_;
};

}  // namespace sessmirror::net
