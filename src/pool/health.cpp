// SPDX-License-Identifier: BSD-3-Clause
#include "pool/health.h"

#include <algorithm>
#include <limits>

#include "pool/page_time.h"

namespace sessmirror::pool {
namespace {

// A new answer counts an eighth: old enough to be calm, quick enough to follow within ten answers.
constexpr std::uint32_t kLatencyMemory = 8;
constexpr std::uint32_t kDeviationMemory = 4;
constexpr std::uint32_t kLateDeviations = 4;

std::uint32_t to_microseconds(Duration latency) noexcept {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(latency).count();
    constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(us, 1, kMax));  // 0 is "unknown"
}

// Two workers that meet lose one sample, which costs nothing.
void weigh_in(std::atomic<std::uint32_t>& mean, std::uint32_t sample,
              std::uint32_t memory) noexcept {
    const std::uint64_t old = mean.load(std::memory_order_relaxed);
    const std::uint64_t next = (old * (memory - 1) + sample + memory / 2) / memory;
    mean.store(static_cast<std::uint32_t>(next), std::memory_order_relaxed);
}

// The first answer of all says nothing about how much they differ, but for its own size.
void add_latency(StoreSlot& slot, std::uint32_t sample) noexcept {
    const std::uint32_t mean = slot.latency_us.load(std::memory_order_relaxed);
    if (mean == 0) {
        slot.latency_us.store(sample, std::memory_order_relaxed);
        slot.latency_deviation_us.store(sample / 2, std::memory_order_relaxed);
        return;
    }
    weigh_in(slot.latency_deviation_us, mean > sample ? mean - sample : sample - mean,
             kDeviationMemory);
    weigh_in(slot.latency_us, sample, kLatencyMemory);
}

}  // namespace

std::int64_t Health::now_ns() const noexcept {
    // 0 means "up" in the page, so a clock that starts at 0 must not produce it.
    return std::max<std::int64_t>(clock_->now().time_since_epoch().count(), 1);
}

Duration Health::backoff(std::uint32_t failures) noexcept {
    const std::uint32_t doublings = std::clamp<std::uint32_t>(failures, 1, 16) - 1;
    const Duration full = std::min<Duration>(kFirstBackoff * (1u << doublings), kMaxBackoff);
    const Duration half = full / 2;
    return half + Duration(random_->below(static_cast<std::uint64_t>(half.count()) + 1));
}

bool Health::is_up() const noexcept {
    return slot_->down_since_ns.load(std::memory_order_relaxed) == 0;
}

std::int64_t Health::down_since_ns() const noexcept {
    const std::int64_t since = slot_->down_since_ns.load(std::memory_order_relaxed);
    const std::int64_t now = now_ns();
    return since == 0 || (since > 0 && since <= now) ? since : now;
}

Duration Health::down_for() const noexcept {
    const std::int64_t since = down_since_ns();
    return Duration(since == 0 ? 0 : now_ns() - since);
}

bool Health::report_answer(Duration latency) noexcept {
    add_latency(*slot_, to_microseconds(latency));
    return report_life();
}

bool Health::report_life() noexcept {
    if (slot_->late_until_ns.load(std::memory_order_relaxed) != 0) slot_->late_until_ns.store(0);
    if (is_up()) return false;
    note_return();  // first, or another worker would trust the store before it sees the mark
    return slot_->down_since_ns.exchange(0) != 0;
}

void Health::note_return() noexcept {
    slot_->doubt_before_unix.store(clock_->unix_seconds() + kClockSlackSeconds);
    call_for_comparison();
    slot_->refill_due_ns.store(now_ns());
}

bool Health::is_filling() const noexcept {
    return slot_->filling.load(std::memory_order_relaxed) != 0;
}

bool Health::claim_refill(Duration first, Duration lease) noexcept {
    const std::int64_t now = now_ns();
    std::int64_t due = slot_->refill_due_ns.load(std::memory_order_relaxed);
    const bool is_first = due == 0;
    if (!has_come(due, clock_->now(), kLongestRest)) return false;
    return slot_->refill_due_ns.compare_exchange_strong(due,
                                                        now + (is_first ? first : lease).count()) &&
           !is_first;
}

void Health::next_refill_in(Duration delay) noexcept {
    slot_->refill_due_ns.store(now_ns() + delay.count());
}

void Health::call_for_comparison() noexcept {
    slot_->returns.fetch_add(1);
}

std::uint32_t Health::comparison_due() const noexcept {
    const std::uint32_t last = slot_->returns.load();
    return last == slot_->returns_settled.load() ? 0 : last;
}

void Health::comparison_done(std::uint32_t due) noexcept {
    slot_->returns_settled.store(due);
}

bool Health::is_looked_at() const noexcept {
    return slot_->looked_at.load(std::memory_order_relaxed) != 0;
}

void Health::note_look() noexcept {
    slot_->looked_at.store(1, std::memory_order_relaxed);
}

bool Health::set_filling(bool filling) noexcept {
    return slot_->filling.exchange(filling ? 1 : 0) != (filling ? 1u : 0u);
}

void Health::count_refill(bool copied) noexcept {
    slot_->refill_seen.fetch_add(1, std::memory_order_relaxed);
    if (copied) slot_->refill_copied.fetch_add(1, std::memory_order_relaxed);
}

void Health::count_refill_listed(std::uint64_t sessions) noexcept {
    slot_->refill_listed.fetch_add(sessions, std::memory_order_relaxed);
}

void Health::reset_refill_count() noexcept {
    slot_->refill_listed.store(0, std::memory_order_relaxed);
    slot_->refill_seen.store(0, std::memory_order_relaxed);
    slot_->refill_copied.store(0, std::memory_order_relaxed);
}

// A mark in the future is moved to where one of now would be, or it would go ahead of all copies.
bool Health::is_in_doubt(std::uint32_t modified_unix) const noexcept {
    std::uint32_t mark = slot_->doubt_before_unix.load(std::memory_order_relaxed);
    if (modified_unix > mark) return false;
    const std::uint32_t latest = clock_->unix_seconds() + kClockSlackSeconds;
    if (mark > latest) slot_->doubt_before_unix.compare_exchange_strong(mark, latest);
    return modified_unix <= latest;
}

bool Health::report_failure() noexcept {
    if (!is_up()) return false;
    // The probe time is set before the state, or another worker would find a stale one and probe at
    // once. Two workers that meet here both set it; only one of them changes the state.
    const std::int64_t now = now_ns();
    slot_->failures.store(1);
    slot_->next_probe_ns.store(now + backoff(1).count());
    std::int64_t up = 0;
    return slot_->down_since_ns.compare_exchange_strong(up, now);
}

bool Health::claim_probe() noexcept {
    if (is_up()) return false;
    const std::int64_t now = now_ns();
    std::int64_t due = slot_->next_probe_ns.load();
    if (!has_come(due, clock_->now(), kMaxBackoff)) return false;
    const std::uint32_t failures = slot_->failures.load() + 1;
    if (!slot_->next_probe_ns.compare_exchange_strong(due, now + backoff(failures).count()))
        return false;
    slot_->failures.store(failures);
    return true;
}

Duration Health::latency() const noexcept {
    return std::chrono::microseconds(slot_->latency_us.load(std::memory_order_relaxed));
}

// The mean and deviation, their weights and this sum are those of TCP's retransmission timeout (RFC
// 6298): cheap, and close to the 99th percentile where answers are regular.
Duration Health::late_after() const noexcept {
    const std::uint64_t deviation = slot_->latency_deviation_us.load(std::memory_order_relaxed);
    return std::min<Duration>(latency() + std::chrono::microseconds(kLateDeviations * deviation),
                              kLongestLateness);
}

void Health::report_late() noexcept {
    slot_->late_until_ns.store(now_ns() + kLateFor.count());
}

bool Health::is_late() const noexcept {
    const std::int64_t until = slot_->late_until_ns.load(std::memory_order_relaxed);
    return until != 0 && !has_come(until, clock_->now(), kLateFor);
}

bool Health::is_outage(Errc code) noexcept {
    switch (code) {
        case Errc::BadName:
        case Errc::Refused:
        case Errc::Unreachable:
        case Errc::Timeout:
        case Errc::Closed:
        case Errc::Protocol:
            return true;
        default:
            return false;
    }
}

}  // namespace sessmirror::pool
