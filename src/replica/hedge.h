// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "pool/hedge_budget.h"
#include "replica/operation.h"

namespace sessmirror::replica {

class HedgeListener {
  public:
    virtual void on_late() noexcept = 0;

  protected:
    ~HedgeListener() = default;
};

// Says when a read should ask a second replica because the first is late, and whether it may: the
// hedged request of Dean and Barroso (The Tail at Scale, CACM 56(2), 2013). Late is what nearly all
// answers of that store were earlier than (pool::Health::late_after), and kEarliest at least. How
// many reads may is limited (pool::HedgeBudget), so that slow stores are not made slower; all
// workers of the host hear that the store is late, and ask another one first.
class Hedge final : private TimerSink {
  public:
    // Less than this may be the wait for a processor, here or there.
    static constexpr Duration kEarliest = milliseconds(5);

    // `listener` outlives this.
    Hedge(const Environment& env, HedgeListener& listener) noexcept
        : env_(env), budget_(env.pool.page().hedge_credit), listener_(listener) {}

    // This store has just been asked: on_late() follows, unless stop() comes before. Nothing where
    // hedging is switched off, or nobody knows yet how fast the store is.
    void watch(int store);
    void stop() noexcept;
    // Counts a hedge, or says that there may be none now.
    [[nodiscard]] bool spend() noexcept;

  private:
    void on_timer() noexcept override;

    Environment env_;
    pool::HedgeBudget budget_;
    HedgeListener& listener_;
    int store_ = -1;  // that is watched
    std::unique_ptr<Timer> timer_;
};

}  // namespace sessmirror::replica
