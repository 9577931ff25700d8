// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace sessmirror::simulation {

// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and good enough to choose among histories.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) noexcept : state_(seed) {}
    std::uint64_t next() noexcept override;

    [[nodiscard]] bool chance(double probability) noexcept;
    [[nodiscard]] int between(int low, int high) noexcept;  // both included
    [[nodiscard]] Duration between(Duration low, Duration high) noexcept;
    [[nodiscard]] Duration exponential(Duration mean) noexcept;

  private:
    double unit() noexcept;  // [0, 1)
    std::uint64_t state_;
};

// Names a scheduled event; 0 is none.
using EventId = std::uint64_t;

// A discrete-event world: one virtual time, one queue, no threads, no real clock. Events at the
// same time run in the order in which they were scheduled, so the same seed and the same calls give
// the same history, byte for byte. Time only passes between events.
class World {
  public:
    explicit World(std::uint64_t seed) noexcept : seed_(seed) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] Duration now() const noexcept { return now_; }

    // Delays below zero count as zero.
    EventId after(Duration delay, std::function<void()> action);
    EventId at(Duration when, std::function<void()> action) { return after(when - now_, action); }
    void cancel(EventId id) noexcept;  // accepts 0, and ids of events that have run

    // False when the queue is empty.
    bool step();
    void run_until_idle();
    void run_until(Duration when);  // time is `when` afterwards

    // A stream of randomness that depends on the seed and the name only: what one part of a
    // simulation draws does not shift what another part sees.
    [[nodiscard]] SeededRandom stream(std::string_view name) const noexcept;

    [[nodiscard]] std::uint64_t events_run() const noexcept { return events_run_; }

  private:
    struct Entry {
        Duration when;
        std::uint64_t order;
        EventId id;
        bool operator>(const Entry& other) const noexcept {
            return when != other.when ? when > other.when : order > other.order;
        }
    };
    struct Slot {
        std::function<void()> action;
        std::uint32_t generation = 1;
    };
    Slot* slot_of(EventId id) noexcept;

    std::uint64_t seed_;
    Duration now_{};
    std::uint64_t next_order_ = 0;
    std::uint64_t events_run_ = 0;
    std::size_t live_ = 0;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
};

// What one host's clocks show at virtual time 0.
struct HostClock {
    Duration uptime{};  // monotonic clocks of two hosts have nothing to do with each other
    std::int64_t unix_start = 0;  // wall clock, skew included
};

// One process of one host: the Scheduler of whatever runs in it. While it is paused (SIGSTOP) its
// timers and replies wait, in order; once killed it runs nothing, ever. Outlives what it schedules;
// the world and nothing else calls into it. Keep killed processes until the world is done.
class Process final : public Scheduler {
  public:
    Process(World& world, HostClock clock, std::uint64_t seed) noexcept
        : world_(world), clock_(clock), random_(seed) {}

    TimePoint now() const noexcept override { return TimePoint(clock_.uptime + world_.now()); }
    std::uint32_t unix_seconds() const noexcept override;
    std::unique_ptr<Timer> make_timer(TimerSink& sink) override;

    // Runs `action` inside this process: at once, or when it is resumed, or never if it is dead.
    void run(std::function<void()> action);
    // The same after a delay. Cancel through the world; an action that already waits for resume()
    // is not cancelled and must check for itself.
    EventId post(Duration delay, std::function<void()> action);

    void pause() noexcept;
    void resume();
    void kill() noexcept;

    // Called after every action that ran in this process.
    void watch(std::function<void()> after_action) { after_action_ = std::move(after_action); }

    // Somebody sets the host's wall clock.
    void jump_clock(std::int64_t seconds) noexcept { clock_.unix_start += seconds; }

    [[nodiscard]] bool is_alive() const noexcept { return alive_; }
    // Time spent paused so far.
    [[nodiscard]] Duration paused_time() const noexcept;
    [[nodiscard]] bool is_paused() const noexcept { return paused_; }
    [[nodiscard]] World& world() noexcept { return world_; }
    [[nodiscard]] SeededRandom& random() noexcept { return random_; }

  private:
    World& world_;
    HostClock clock_;
    SeededRandom random_;
    bool paused_ = false;
    bool alive_ = true;
    Duration paused_since_{};
    Duration paused_time_{};
    std::function<void()> after_action_;
    std::vector<std::function<void()>> held_;
};

}  // namespace sessmirror::simulation
