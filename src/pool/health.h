// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "pool/host_page.h"
#include "store/remote_store.h"

namespace sessmirror::pool {

// Whether a store is worth asking, as all workers that share the host page know it, and what it
// holds of the sessions with this pool's key_prefix.
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
// What only this process suffers from is nobody else's: a password that is refused, a socket that
// it may not open, a name that it cannot resolve, descriptors that it lacks, or a patience shorter
// than what the store's other users have. The store is then down for this process alone, by the
// same rules.
//
// An error reported by a store that did answer (out of memory, say) is not a matter of health.
class Health {
  public:
    static constexpr Duration kFirstBackoff = milliseconds(100);
    static constexpr Duration kMaxBackoff = milliseconds(2000);
    static constexpr std::uint32_t kClockSlackSeconds = 5;
    static constexpr Duration kLateFor = milliseconds(1000);
    static constexpr Duration kLongestLateness = std::chrono::seconds(10);
    static constexpr Duration kDisprovedFor = std::chrono::minutes(1);
    static constexpr Duration kLongestRest = std::chrono::minutes(2);  // of whoever looks after it

    static constexpr Duration kHandover = std::chrono::seconds(3);
    static constexpr Duration kMissedRest = std::chrono::seconds(2);

    // A store that is silent for this long is silent for everybody.
    static constexpr Duration kCommonPatience = milliseconds(100);

    enum class Whose : std::uint8_t { Hosts, Own };

    // The slots outlive this, or their use() here; clock and random too. `patience` is the shortest
    // time after which this process gives up an attempt.
    Health(StoreSlot& slot, HoldingsSlot& holdings, const Clock& clock, Random& random,
           Duration patience = kCommonPatience) noexcept;

    // The slots are these from now on.
    void use(StoreSlot& slot, HoldingsSlot& holdings) noexcept;

    [[nodiscard]] bool is_up() const noexcept;
    // 0 while it is up.
    [[nodiscard]] std::int64_t down_since_ns() const noexcept;
    [[nodiscard]] Duration down_for() const noexcept;
    // True when this call changed the state, so that one worker reports it.
    bool report_answer(Duration latency) noexcept;
    // The same for an answer that nobody waited for, and that may have lain here.
    bool report_life() noexcept;
    bool report_failure(Whose whose = Whose::Hosts) noexcept;
    // Whom a failure concerns. REQUIRES: is_outage(failure.code).
    [[nodiscard]] Whose whose(const Error& failure) const noexcept;
    // Whether it is up for others, whatever this process suffers from.
    [[nodiscard]] bool is_up_for_host() const noexcept;
    // True for one caller per probe period, and only while down and due.
    bool claim_probe() noexcept;

    // The store may have restarted without having been seen down (its connection was lost).
    void note_return() noexcept;
    // The store says which life it is in: another one than before is a return. True when it is the
    // one that this host knew.
    bool note_life(const store::Life& life) noexcept;
    // A number for the life that the store is in; 0: not known yet.
    [[nodiscard]] std::uint64_t life() const noexcept {
        return slot_->life.load(std::memory_order_relaxed);
    }
    // A worker has a connection again.
    void note_reconnection(const store::Reconnection& since) noexcept;
    // Whether a copy on this store that was written at this wall clock time may be outdated.
    [[nodiscard]] bool is_in_doubt(std::uint32_t modified_unix) const noexcept;

    // ---- whether the store holds all it should hold; replica/refill.h decides

    // A store that is filling gets every write, but is no home and nobody's first choice to read.
    // So is one that was disproved.
    [[nodiscard]] bool is_filling() const noexcept;
    // It has told what no page can have stored, and another store has the session: for a while
    // nobody on this host believes it alone. True when this call changed the state.
    bool disprove() noexcept;
    [[nodiscard]] bool is_disproved() const noexcept;
    // True for one worker of the host, when a look at the store is due; the next is due after
    // `lease`, so that the end of that worker holds up nobody.
    bool claim_refill(Duration first, Duration lease) noexcept;
    void next_refill_in(Duration delay) noexcept;
    // A return calls for a comparison with its peers, for every prefix; so does a write that the
    // store refused, for its own. It stays called for until one is done, whoever begins it and is
    // killed. 0: none is.
    void call_for_comparison() noexcept;
    // For a write that the store has missed while others went on using it: it is brought there
    // after kMissedRest, with what else has been missed by then.
    void note_missed() noexcept;
    [[nodiscard]] std::uint32_t comparison_due() const noexcept;
    void comparison_done(std::uint32_t due) noexcept;  // what comparison_due() was before
    // Whether a look at it, or a comparison, has ended well since the page was made, and since the
    // store began anew under the name of the life before, as which its note passes: until then
    // nobody on this host knows whether it is complete.
    [[nodiscard]] bool is_looked_at() const noexcept;
    void note_look() noexcept;
    // True when this call changed the state, so that one worker reports it.
    bool set_filling(bool filling) noexcept;
    // Since it last came back; very long if it never did, as far as is known.
    [[nodiscard]] Duration back_for() const noexcept;
    // Whether it has come back, or begun or ceased to be filling, so lately that other hosts may
    // not know: they ask a store that is down at least every kMaxBackoff.
    [[nodiscard]] bool is_new_as_home() const noexcept;
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
    [[nodiscard]] HoldingsSlot& holdings() const noexcept { return *holdings_; }
    // Whether this kind of error says that the store is not worth asking.
    static bool is_outage(Errc code) noexcept;

  private:
    [[nodiscard]] std::int64_t now_ns() const noexcept;
    [[nodiscard]] Duration backoff(std::uint32_t failures) noexcept;

    [[nodiscard]] std::uint32_t calls() const noexcept;
    bool is_rerun_of(const store::Life& life) noexcept;
    void bring_refill_forward(std::int64_t to_ns) noexcept;
    bool begin(Outage& outage) noexcept;
    [[nodiscard]] Duration since(const std::atomic<std::int64_t>& time_ns) const noexcept;
    bool claim_probe(Outage& outage) noexcept;
    [[nodiscard]] bool is_before(std::atomic<std::uint32_t>& mark,
                                 std::uint32_t modified_unix) const noexcept;

    StoreSlot* slot_;
    HoldingsSlot* holdings_;
    Outage own_;
    std::uint32_t patience_us_;
    const Clock* clock_;
    Random* random_;
};

}  // namespace sessmirror::pool
