// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "replica/refill.h"

namespace sessmirror::replica {

// A worker's share in looking after the stores of its pool: which store it takes up, and when. One
// worker per host has a store at a time (pool::Health::claim_refill): a little after the first
// session, so that a script that runs once sends nothing for it; at once after a lost connection or
// an outage; and every minute. A worker that stops serving pages is replaced after a while. Says in
// the journal, once, that two stores are one server.
//
// Works only between resume() and pause(), which is between two requests.
class Refilling {
  public:
    static constexpr Duration kFirstLook = milliseconds(3'000);
    static constexpr Duration kLookInterval = milliseconds(60'000);
    static constexpr Duration kRetry = milliseconds(2'000);
    static constexpr Duration kLease = milliseconds(5'000);

    explicit Refilling(Refill::Scope scope) noexcept : scope_(std::move(scope)) {}

    // Goes on with the store in hand, or takes one up that is due. False: there is nothing to do.
    bool resume(const Environment& env);
    // REQUIRES: resume() returned true.
    [[nodiscard]] const bool& done() const noexcept { return refill_->done(); }
    [[nodiscard]] const bool& quiet() const noexcept { return refill_->quiet(); }
    void pause() noexcept { refill_->pause(); }
    // For when what pause() left on its way has come back: lets go of the store if all is done.
    void settle(pool::Pool& pool) noexcept;

  private:
    [[nodiscard]] std::unique_ptr<Refill> take_up(const Environment& env);
    void compare_servers(pool::Pool& pool) noexcept;

    Refill::Scope scope_;
    std::unique_ptr<Refill> refill_;
    std::uint32_t due_ = 0;  // the comparison that it is
    unsigned fork_generation_ = 0;
};

}  // namespace sessmirror::replica
