// SPDX-License-Identifier: BSD-3-Clause
#include "pool/health.h"

#include <algorithm>
#include <cerrno>
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

Health::Health(StoreSlot& slot, HoldingsSlot& holdings, const Clock& clock, Random& random,
               Duration patience) noexcept
    : slot_(&slot),
      holdings_(&holdings),
      patience_us_(to_microseconds(std::min(patience, kCommonPatience))),
      clock_(&clock),
      random_(&random) {
    use(slot, holdings);
}

// Whoever waits longer than all others before may find up what they have found down.
void Health::use(StoreSlot& slot, HoldingsSlot& holdings) noexcept {
    slot_ = &slot;
    holdings_ = &holdings;
    std::uint32_t longest = slot.patience_us.load(std::memory_order_relaxed);
    while (longest < patience_us_)
        if (slot.patience_us.compare_exchange_weak(longest, patience_us_))
            return slot.next_probe_ns.store(0);
}

Health::Whose Health::whose(const Error& failure) const noexcept {
    switch (failure.sys_errno) {
        case EACCES:
        case EPERM:
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return Whose::Own;
        default:
            break;
    }
    if (failure.code == Errc::BadName || failure.code == Errc::OutOfMemory) return Whose::Own;
    const std::uint32_t longest = slot_->patience_us.load(std::memory_order_relaxed);
    const std::uint32_t common = std::min(longest, to_microseconds(kCommonPatience));
    return failure.code == Errc::Timeout && patience_us_ < common ? Whose::Own : Whose::Hosts;
}

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
    return is_up_for_host() && own_.down_since_ns.load(std::memory_order_relaxed) == 0;
}

bool Health::is_up_for_host() const noexcept {
    return slot_->down_since_ns.load(std::memory_order_relaxed) == 0;
}

std::int64_t Health::down_since_ns() const noexcept {
    const Outage& outage = is_up_for_host() ? own_ : *slot_;
    const std::int64_t since = outage.down_since_ns.load(std::memory_order_relaxed);
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
    own_.down_since_ns.store(0, std::memory_order_relaxed);
    if (is_up()) return false;
    note_return();  // first, or another worker would trust the store before it sees the mark
    return slot_->down_since_ns.exchange(0) != 0;
}

void Health::note_return() noexcept {
    slot_->doubt_before_unix.store(clock_->unix_seconds() + kClockSlackSeconds);
    slot_->returned_ns.store(now_ns());
    slot_->returns.fetch_add(1);
    holdings_->refill_due_ns.store(now_ns());
}

bool Health::note_life(const store::Life& life) noexcept {
    const std::uint64_t now = std::max<std::uint64_t>(life.process * 31 + life.started, 1);
    const std::uint64_t before = slot_->life.exchange(now);
    const bool is_rerun = before == now && is_rerun_of(life);
    if (is_rerun) slot_->reruns.fetch_add(1);
    if (is_rerun || (before != 0 && before != now)) note_return();
    return before == now && !is_rerun;
}

// Answers of one run may be read in another order than they were given, but not by half of its age.
bool Health::is_rerun_of(const store::Life& life) noexcept {
    if (life.used_ms == 0) return false;
    return life.used_ms < slot_->life_used_ms.exchange(life.used_ms) / 2;
}

// Connections that were idle are closed by stores, and by what is between them and us.
void Health::note_reconnection(const store::Reconnection& since) noexcept {
    const bool is_known = since.life && note_life(*since.life);
    if (!is_known || since.has_lost) note_return();
}

void Health::note_missed() noexcept {
    if (!is_up()) holdings_->doubt_before_unix.store(clock_->unix_seconds() + kClockSlackSeconds);
    call_for_comparison();
    bring_refill_forward(now_ns() + kMissedRest.count());
}

// A store that was never looked at (0) has its first look before that.
void Health::bring_refill_forward(std::int64_t to_ns) noexcept {
    std::int64_t due = holdings_->refill_due_ns.load(std::memory_order_relaxed);
    while (due > to_ns && !holdings_->refill_due_ns.compare_exchange_weak(due, to_ns)) {
    }
}

bool Health::is_filling() const noexcept {
    return holdings_->filling.load(std::memory_order_relaxed) != 0 || is_disproved();
}

bool Health::disprove() noexcept {
    const bool was_believed = !is_disproved();
    slot_->disproved_until_ns.store(now_ns() + kDisprovedFor.count());
    return was_believed;
}

bool Health::is_disproved() const noexcept {
    const std::int64_t until = slot_->disproved_until_ns.load(std::memory_order_relaxed);
    return until != 0 && !has_come(until, clock_->now(), kDisprovedFor);
}

bool Health::claim_refill(Duration first, Duration lease) noexcept {
    const std::int64_t now = now_ns();
    std::int64_t due = holdings_->refill_due_ns.load(std::memory_order_relaxed);
    const bool is_first = due == 0;
    // It may have come back to a worker with another prefix.
    std::uint32_t seen = holdings_->returns_seen.load(std::memory_order_relaxed);
    const std::uint32_t returns = slot_->returns.load();
    const bool has_returned =
        seen != returns && holdings_->returns_seen.compare_exchange_strong(seen, returns);
    if (!has_returned && !has_come(due, clock_->now(), kLongestRest)) return false;
    return holdings_->refill_due_ns.compare_exchange_strong(
               due, now + (is_first ? first : lease).count()) &&
           !is_first;
}

void Health::next_refill_in(Duration delay) noexcept {
    holdings_->refill_due_ns.store(now_ns() + delay.count());
}

void Health::call_for_comparison() noexcept {
    holdings_->calls.fetch_add(1);
}

std::uint32_t Health::calls() const noexcept {
    return slot_->returns.load() + holdings_->calls.load();
}

std::uint32_t Health::comparison_due() const noexcept {
    const std::uint32_t last = calls();
    return last == holdings_->settled.load() ? 0 : last;
}

void Health::comparison_done(std::uint32_t due) noexcept {
    holdings_->settled.store(due);
}

bool Health::is_looked_at() const noexcept {
    return holdings_->looked_at.load(std::memory_order_relaxed) == slot_->reruns.load() + 1;
}

void Health::note_look() noexcept {
    holdings_->looked_at.store(slot_->reruns.load() + 1, std::memory_order_relaxed);
}

bool Health::set_filling(bool filling) noexcept {
    if (holdings_->filling.exchange(filling ? 1 : 0) == (filling ? 1u : 0u)) return false;
    holdings_->filling_since_ns.store(now_ns());
    return true;
}

Duration Health::since(const std::atomic<std::int64_t>& time_ns) const noexcept {
    const std::int64_t then = time_ns.load(std::memory_order_relaxed);
    const std::int64_t now = now_ns();
    return then <= 0 || then > now ? Duration::max() : Duration(now - then);
}

Duration Health::back_for() const noexcept {
    return since(slot_->returned_ns);
}

bool Health::is_new_as_home() const noexcept {
    return back_for() < kHandover || since(holdings_->filling_since_ns) < kHandover;
}

void Health::count_refill(bool copied) noexcept {
    holdings_->refill_seen.fetch_add(1, std::memory_order_relaxed);
    if (copied) holdings_->refill_copied.fetch_add(1, std::memory_order_relaxed);
}

void Health::count_refill_listed(std::uint64_t sessions) noexcept {
    holdings_->refill_listed.fetch_add(sessions, std::memory_order_relaxed);
}

void Health::reset_refill_count() noexcept {
    holdings_->refill_listed.store(0, std::memory_order_relaxed);
    holdings_->refill_seen.store(0, std::memory_order_relaxed);
    holdings_->refill_copied.store(0, std::memory_order_relaxed);
}

bool Health::is_in_doubt(std::uint32_t modified_unix) const noexcept {
    return is_before(slot_->doubt_before_unix, modified_unix) ||
           is_before(holdings_->doubt_before_unix, modified_unix);
}

// A mark in the future is moved to where one of now would be, or it would go ahead of all copies.
bool Health::is_before(std::atomic<std::uint32_t>& place,
                       std::uint32_t modified_unix) const noexcept {
    std::uint32_t mark = place.load(std::memory_order_relaxed);
    if (modified_unix > mark) return false;
    const std::uint32_t latest = clock_->unix_seconds() + kClockSlackSeconds;
    if (mark > latest) place.compare_exchange_strong(mark, latest);
    return modified_unix <= latest;
}

bool Health::report_failure(Whose whose) noexcept {
    return is_up() && begin(whose == Whose::Own ? own_ : *slot_);
}

bool Health::begin(Outage& outage) noexcept {
    // The probe time is set before the state, or another worker would find a stale one and probe at
    // once. Two workers that meet here both set it; only one of them changes the state.
    const std::int64_t now = now_ns();
    outage.failures.store(1);
    outage.next_probe_ns.store(now + backoff(1).count());
    std::int64_t up = 0;
    return outage.down_since_ns.compare_exchange_strong(up, now);
}

bool Health::claim_probe() noexcept {
    if (is_up()) return false;
    return claim_probe(is_up_for_host() ? own_ : *slot_);
}

bool Health::claim_probe(Outage& outage) noexcept {
    const TimePoint now = clock_->now();
    std::int64_t due = outage.next_probe_ns.load();
    if (!has_come(due, now, kMaxBackoff)) return false;
    const std::uint32_t failures = outage.failures.load() + 1;
    const std::int64_t next = now_ns() + backoff(failures).count();
    if (!outage.next_probe_ns.compare_exchange_strong(due, next)) return false;
    outage.failures.store(failures);
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
        case Errc::OutOfMemory:
            return true;
        default:
            return false;
    }
}

}  // namespace sessmirror::pool
