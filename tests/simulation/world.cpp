// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/world.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.h"

namespace sessmirror::simulation {

std::uint64_t SeededRandom::next() noexcept {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

double SeededRandom::unit() noexcept {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

bool SeededRandom::chance(double probability) noexcept {
    return unit() < probability;
}

int SeededRandom::between(int low, int high) noexcept {
    return low + static_cast<int>(below(static_cast<std::uint64_t>(high - low + 1)));
}

Duration SeededRandom::between(Duration low, Duration high) noexcept {
    const auto width = static_cast<std::uint64_t>((high - low).count() + 1);
    return low + Duration(static_cast<Duration::rep>(below(width)));
}

Duration SeededRandom::exponential(Duration mean) noexcept {
    return Duration(
        static_cast<Duration::rep>(-std::log(1.0 - unit()) * static_cast<double>(mean.count())));
}

EventId World::after(Duration delay, std::function<void()> action) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t index = free_slots_.back();
    free_slots_.pop_back();
    slots_[index].action = std::move(action);
    const EventId id = static_cast<EventId>(slots_[index].generation) << 32 | index;
    queue_.push({now_ + std::max(delay, Duration::zero()), next_order_++, id});
    ++live_;
    return id;
}

World::Slot* World::slot_of(EventId id) noexcept {
    const auto index = static_cast<std::size_t>(id & 0xFFFFFFFFu);
    if (id == 0 || slots_[index].generation != id >> 32) return nullptr;
    return &slots_[index];
}

void World::cancel(EventId id) noexcept {
    Slot* slot = slot_of(id);
    if (slot == nullptr || !slot->action) return;
    slot->action = nullptr;
    --live_;
}

bool World::step() {
    while (live_ > 0) {
        const Entry entry = queue_.top();
        queue_.pop();
        Slot* slot = slot_of(entry.id);
        std::function<void()> action = std::move(slot->action);
        slot->action = nullptr;
        ++slot->generation;
        free_slots_.push_back(static_cast<std::uint32_t>(entry.id & 0xFFFFFFFFu));
        if (!action) continue;
        --live_;
        now_ = entry.when;
        ++events_run_;
        action();
        return true;
    }
    return false;
}

void World::run_until_idle() {
    while (step()) {
    }
}

void World::run_until(Duration when) {
    // The end is an event itself, so that cancelled entries on the way are dropped as usual.
    bool reached = false;
    at(when, [&reached] { reached = true; });
    while (!reached) step();
}

SeededRandom World::stream(std::string_view name) const noexcept {
    return SeededRandom(hash64(name, seed_));
}

namespace {

// The scheduled event and the timer share this, because the event may already be waiting in a
// paused process when the timer is restarted or destroyed.
struct TimerState {
    TimerSink* sink;
    std::uint64_t start = 0;  // counts starts and stops; an event of an earlier start is void
};

class ProcessTimer final : public Timer {
  public:
    ProcessTimer(Process& process, TimerSink& sink)
        : process_(process), state_(std::make_shared<TimerState>(TimerState{&sink})) {}
    ~ProcessTimer() override { ProcessTimer::stop(); }
    ProcessTimer(const ProcessTimer&) = delete;
    ProcessTimer& operator=(const ProcessTimer&) = delete;

    void start(Duration delay) override {
        stop();
        event_ = process_.post(delay, [state = state_, start = state_->start] {
            if (state->start == start) state->sink->on_timer();
        });
    }

    void stop() noexcept override {
        ++state_->start;
        process_.world().cancel(event_);
        event_ = 0;
    }

  private:
    Process& process_;
    std::shared_ptr<TimerState> state_;
    EventId event_ = 0;
};

}  // namespace

std::uint32_t Process::unix_seconds() const noexcept {
    const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(world_.now());
    return static_cast<std::uint32_t>(clock_.unix_start + elapsed.count());
}

std::unique_ptr<Timer> Process::make_timer(TimerSink& sink) {
    return std::make_unique<ProcessTimer>(*this, sink);
}

EventId Process::post(Duration delay, std::function<void()> action) {
    return world_.after(delay,
                        [this, action = std::move(action)]() mutable { run(std::move(action)); });
}

void Process::run(std::function<void()> action) {
    if (!alive_) return;
    if (paused_) {
        held_.push_back(std::move(action));
        return;
    }
    action();
    if (after_action_) after_action_();
}

void Process::pause() noexcept {
    if (paused_) return;
    paused_ = true;
    paused_since_ = world_.now();
}

Duration Process::paused_time() const noexcept {
    return paused_time_ + (paused_ ? world_.now() - paused_since_ : Duration::zero());
}

void Process::resume() {
    if (!paused_ || !alive_) return;
    paused_time_ = paused_time();
    paused_ = false;
    // Posted again rather than run here, so that a new pause in between holds the rest back.
    for (auto& action : std::exchange(held_, {})) post(Duration::zero(), std::move(action));
}

void Process::kill() noexcept {
    alive_ = false;
    held_.clear();
}

}  // namespace sessmirror::simulation
