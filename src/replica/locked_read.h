// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>

#include "replica/fallback_read.h"
#include "replica/hedge.h"
#include "replica/lock_backoff.h"
#include "replica/look_ahead.h"
#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// The read that takes the session's lock. One packet to the home claims the lock and tells the
// version there; beside it, in parallel, the nearest store is asked for its copy. Equal versions
// make that copy provably fresh; otherwise the home's is fetched, and if the home has none, or an
// older one than the copy at hand or than what the client has seen, all replicas are asked
// (FallbackRead). When the nearest store is late, the home's copy is fetched instead (Hedge); the
// home itself cannot be hedged, since it has the lock. When it is late, and is not the local store,
// the next one is looked at meanwhile (LookAhead), so that two of them cost one timeout.
//
//   Claiming --held--> Waiting --timer, or given up on this host--> Claiming
//                      until lock_wait has passed: Errc::LockTimeout
//   Claiming --granted--> Comparing --> [Fetching] --> [FallbackRead] --> done, lock in view.lock
//   Claiming --home failed--> Claiming at the next member (a failover)
//
// While hosts may not agree which store is the home, a second lock is taken (handover.h), into
// view.guard_lock, before or after that of the home; and a home that is new to this host is claimed
// only when pages that may have held the lock of the one before are likely to have ended. That
// wait counts against the deadline, and takes no more than half of what is left of it.
//
// The lock of a worker of this host that no longer runs is broken on sight. On failure no lock is
// held. The wait for a lock, from a claim that was refused to the next one, does not count against
// the deadline; a failover does, as everything else.
class LockedRead final : public Operation,
                         private OperationListener,
                         private TimerSink,
                         private HedgeListener,
                         private LookAheadListener {
  public:
    LockedRead(const Environment& env, SessionView& view) noexcept
        : Operation(env),
          view_(view),
          nearest_(*this),
          hedge_(env, *this),
          ahead_(env, view, *this) {}
    ~LockedRead() override;

    // While this waits for the lock, the session is looked at, so that what it held is known
    // (SessionView::content_before_end()) if the holder ends it. For before start().
    void look_while_waiting() noexcept { looks_while_waiting_ = true; }
    // Whether another request had the lock, so that the session was there when this one came.
    [[nodiscard]] bool has_waited() const noexcept { return waited_; }

    // The lock's and the nearest copy.
    [[nodiscard]] bool needs_every_answer() const noexcept override { return true; }

  private:
    // Where the nearest store's copy arrives: a sink of its own, because after a failover the home
    // and the nearest store may be the same one with two answers on their way.
    struct NearestSink final : store::StoreSink {
        explicit NearestSink(LockedRead& read) noexcept : read_(read) {}
        void on_fetch(int store, Result<store::FetchReply> reply) noexcept override {
            read_.on_nearest(store, reply);
        }
        LockedRead& read_;
    };

    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void on_release(int store, Result<store::ReleaseReply> reply) noexcept override;
    void on_nearest(int store, Result<store::FetchReply>& reply) noexcept;
    void on_timer() noexcept override;
    void on_done() noexcept override;
    void on_late() noexcept override;
    void on_looked() noexcept override;

    void give_up_nearest() noexcept;
    void choose_home() noexcept;
    void claim_when_settled() noexcept;
    void claim() noexcept;
    void ask_nearest(int nearest) noexcept;
    void on_granted(Result<store::FetchReply>& reply) noexcept;
    void take_next_lock() noexcept;
    void drop_guard() noexcept;
    void on_claim_reply(Result<store::FetchReply>& reply) noexcept;
    void on_held(const store::HeldLock& holder) noexcept;
    [[nodiscard]] bool is_line_too_long() const noexcept;
    void wait_or_give_up() noexcept;
    void watch_releases() noexcept;
    [[nodiscard]] Duration waited() const noexcept { return env_.scheduler.now() - wait_since_; }
    void look() noexcept;
    void fail_over(const Error& reason) noexcept;
    void claim_at_next() noexcept;
    void compare() noexcept;
    void fetch_from_home() noexcept;
    void fall_back() noexcept;
    void conclude(Status outcome) noexcept;

    SessionView& view_;
    NearestSink nearest_;
    store::LockOwner owner_;
    int home_ = -1;
    int guard_ = -1;   // whose lock is still to be taken, besides that of the home; -1: none
    int target_ = -1;  // whose lock is being claimed
    bool is_settling_ = false;
    int ticket_ = pool::LockRegistry::kNoTicket;
    std::uint64_t failed_homes_ = 0;
    Error failover_reason_{Errc::NoStore};
    Hedge hedge_;  // of the question to the nearest store
    LookAhead ahead_;
    bool awaits_look_ = false;  // at the next home
    bool nearest_pending_ = false;
    bool is_nearest_late_ = false;
    bool is_hedged_ = false;
    bool granted_ = false;
    bool waited_ = false;
    bool looks_while_waiting_ = false;
    TimePoint wait_since_{};
    TimePoint claimed_at_{};
    TimePoint next_claim_{};
    store::LockOwner holder_;
    TimePoint holder_since_{};
    std::uint32_t releases_seen_ = 0;
    LockBackoff backoff_;
    std::unique_ptr<Timer> timer_;
    std::optional<FallbackRead> fallback_;
    std::optional<Error> failure_;  // the outcome, once the lock is given back
};

}  // namespace sessmirror::replica
