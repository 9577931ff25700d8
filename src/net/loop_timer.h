// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/clock.h"

struct event;

namespace sessmirror::net {

class EventLoop;

// A Timer of the event loop. Costs no system call to start or stop.
class LoopTimer final : public Timer {
  public:
    LoopTimer(EventLoop& loop, TimerSink& sink) noexcept : loop_(loop), sink_(sink) {}
    ~LoopTimer() override;
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;

    void start(Duration delay) override;
    void stop() noexcept override;

  private:
    void fire() noexcept;

    EventLoop& loop_;
    TimerSink& sink_;
    event* event_ = nullptr;
    TimePoint due_;
};

}  // namespace sessmirror::net
