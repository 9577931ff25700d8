// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

class LookAheadListener {
  public:
    virtual void on_looked() noexcept = 0;

  protected:
    ~LookAheadListener() = default;
};

// Whoever waits for the home and then for the next member waits for two timeouts where both are out
// of reach. So when the home is late, the member that would take its place is asked for a version,
// beside it: if it does not answer either, it is known to be down soon after the home is.
//
// Late is as in Hedge, and kEarliest at least: a home at the far end of a slow wire costs no second
// question.
class LookAhead final : private TimerSink, private store::StoreSink {
  public:
    static constexpr Duration kEarliest = milliseconds(20);

    // `view` and `listener` outlive this.
    LookAhead(const Environment& env, SessionView& view, LookAheadListener& listener) noexcept
        : env_(env), view_(view), listener_(listener) {}
    ~LookAhead() { env_.pool.forget(this); }
    LookAhead(const LookAhead&) = delete;
    LookAhead& operator=(const LookAhead&) = delete;

    // The home was asked just now. `failed`: those that were home before, and itself.
    void watch(int home, std::uint64_t failed, TimePoint deadline);
    // The home has answered, or failed.
    void stop() noexcept;
    // Whether this store has been asked, and on_looked() follows when that is over. A store that
    // has not answered then is down, in the view as well.
    [[nodiscard]] bool is_under_way(int store) const noexcept { return asked_ == store; }

  private:
    void on_timer() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;

    Environment env_;
    SessionView& view_;
    LookAheadListener& listener_;
    std::unique_ptr<Timer> timer_;
    std::uint64_t failed_ = 0;
    TimePoint deadline_{};
    int asked_ = -1;
};

}  // namespace sessmirror::replica
