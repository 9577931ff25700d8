// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "pool/host_page.h"

namespace sessmirror::pool {

// Whether a store is worth asking, shared by all workers of the host.
//
//   Up    asked by everybody. Left at the first timeout, refusal or hang-up: waiting for more proof
//         would make more pages slow.
//   Down  asked by nobody but one prober at a time, after its response has been sent, when
//         next_probe has come: claim_probe() hands that right to exactly one worker. Left at any
//         answer, from whomever (a request that asks a down store as a last resort counts too).
//
// Back-off between probes doubles from 100 ms to 2 s, each drawn with full jitter over its upper
// half; short, because a store that is back but not asked gets no copies. claim_probe() books the
// next period at once, as if the probe had failed already: a prober that is killed holds up nobody,
// and late failures of requests that were under way when the store went down count for nothing.
// (A probe that takes longer than a period may overlap with the next one.)
// A store that was away has missed what was written meanwhile, and what it still has may be old (it
// hung, was cut off, or restarted from a snapshot). So a return leaves a mark: copies that were
// written before it are in doubt on that store until another replica has confirmed or replaced
// them. The mark compares wall clocks of web hosts and allows for kClockSlackSeconds between them.
//
// An error reported by a store that did answer (out of memory, say) is not a matter of health.
class Health {
  public:
    static constexpr Duration kFirstBackoff = milliseconds(100);
    static constexpr Duration kMaxBackoff = milliseconds(2000);
    static constexpr std::uint32_t kClockSlackSeconds = 5;
    static constexpr Duration kLateFor = milliseconds(1000);
    static constexpr Duration kLongestLateness = std::chrono::seconds(10);
    static constexpr Duration kLongestRest = std::chrono::minutes(2);  // of whoever looks after it

    // `slot` outlives this, or its use() here; clock and random too.
    Health(StoreSlot& slot, const Clock& clock, Random& random) noexcept
        : slot_(&slot), clock_(&clock), random_(&random) {}

    // The store's slot is another one from now on.
    void use(StoreSlot& slot) noexcept { slot_ = &slot; }

    [[nodiscard]] bool is_up() const noexcept;
    // 0 while it is up.
    [[nodiscard]] std::int64_t down_since_ns() const noexcept;
    [[nodiscard]] Duration down_for() const noexcept;
    // True when this call changed the state, so that one worker reports it.
    bool report_answer(Duration latency) noexcept;
    // The same for an answer that nobody waited for, and that may have lain here.
    bool report_life() noexcept;
    bool report_failure() noexcept;
    // True for one caller per probe period, and only while down and due.
    bool claim_probe() noexcept;

    // The store may have restarted without having been seen down (its connection was lost).
    void note_return() noexcept;
    // Whether a copy on this store that was written at this wall clock time may be outdated.
    [[nodiscard]] bool is_in_doubt(std::uint32_t modified_unix) const noexcept;

    // ---- whether the store holds all it should hold; replica/refill.h decides

    // A store that is filling gets every write, but is no home and nobody's first choice to read.
    [[nodiscard]] bool is_filling() const noexcept;
    // True for one worker of the host, when a look at the store is due; the next is due after
    // `lease`, so that the end of that worker holds up nobody.
    bool claim_refill(Duration first, Duration lease) noexcept;
    void next_refill_in(Duration delay) noexcept;
    // A return, or a write that the store refused, calls for a comparison with its peers; it stays
    // called for until one is done, whoever begins it and is killed. 0: none is.
    void call_for_comparison() noexcept;
    [[nodiscard]] std::uint32_t comparison_due() const noexcept;
    void comparison_done(std::uint32_t due) noexcept;  // what comparison_due() was before
    // Whether a look at it, or a comparison, has ended well since the page was made: until then
    // nobody on this host knows whether it is complete.
    [[nodiscard]] bool is_looked_at() const noexcept;
    void note_look() noexcept;
    // True when this call changed the state, so that one worker reports it.
    bool set_filling(bool filling) noexcept;
    void count_refill(bool copied) noexcept;
    void count_refill_listed(std::uint64_t sessions) noexcept;
    void reset_refill_count() noexcept;

    [[nodiscard]] Duration latency() const noexcept;  // 0 when unknown
    // After this time an answer is late: nearly all came earlier so far. 0 when unknown.
    [[nodiscard]] Duration late_after() const noexcept;
    // Somebody waits for an answer that is late: until the store answers anybody, or kLateFor has
    // passed, it should not be asked first. That is no outage yet.
    void report_late() noexcept;
    [[nodiscard]] bool is_late() const noexcept;
    [[nodiscard]] StoreSlot& slot() const noexcept { return *slot_; }
    // Whether this kind of error says that the store is not worth asking.
    static bool is_outage(Errc code) noexcept;

  private:
    [[nodiscard]] std::int64_t now_ns() const noexcept;
    [[nodiscard]] Duration backoff(std::uint32_t failures) noexcept;

    StoreSlot* slot_;
    const Clock* clock_;
    Random* random_;
};

}  // namespace sessmirror::pool
