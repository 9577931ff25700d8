// SPDX-License-Identifier: BSD-3-Clause
#include "replica/locked_read.h"

#include <algorithm>
#include <utility>

#include "replica/handover.h"
#include "replica/repair.h"

namespace sessmirror::replica {

LockedRead::~LockedRead() {
    env_.pool.forget(&nearest_);
    env_.locks.leave(ticket_);
}

void LockedRead::run() noexcept {
    owner_ = env_.locks.new_owner();
    wait_since_ = env_.scheduler.now();
    choose_home();
    guard_ = home_ >= 0 ? guard_of(env_.pool, view_.set(), home_) : -1;
    if (guard_ >= 0 && env_.pool.name_hash(guard_) < env_.pool.name_hash(home_))
        target_ = std::exchange(guard_, -1);
    claim_when_settled();
}

void LockedRead::choose_home() noexcept {
    home_ = target_ = view_.set().home(env_.pool, failed_homes_);
}

void LockedRead::claim_when_settled() noexcept {
    const TimePoint now = env_.scheduler.now();
    const Duration most = std::max((deadline() - now) / 2, Duration::zero());
    const TimePoint from = settled_at(env_.pool, view_.set(), home_, now, most);
    if (from <= now) return claim();
    is_settling_ = true;
    if (!timer_) timer_ = env_.scheduler.make_timer(*this);
    timer_->start(from - now);
}

// Every claim at the home asks the nearest store again as well: while this request waited, the
// holder wrote.
void LockedRead::claim() noexcept {
    if (ticket_ == pool::LockRegistry::kNoTicket)
        ticket_ = env_.locks.enter(view_.key(), env_.pool.name_hash(target_), owner_);
    releases_seen_ = env_.locks.releases(view_.key(), env_.pool.name_hash(target_));
    const int nearest = view_.set().reader(env_.pool);
    const bool is_whole = target_ != home_ || nearest == home_;
    claimed_at_ = env_.scheduler.now();
    const bool hint = nearest == target_ && needs_hints(env_.pool, view_.set(), home_);
    const store::LockClaim claim{owner_, env_.policy.lock_lease_s, waited_};
    const auto want = is_whole ? store::Want::Value : store::Want::Version;
    env_.pool.store(target_).fetch({view_.key(), want, claim, deadline(), hint}, this);
    if (target_ != home_) return;
    if (home_ != env_.pool.local())
        ahead_.watch(home_, failed_homes_ | store_bit(home_), deadline());
    if (nearest != home_) ask_nearest(nearest);
}

void LockedRead::ask_nearest(int nearest) noexcept {
    if (nearest_pending_) return;
    nearest_pending_ = true;
    const bool of_others = needs_hints(env_.pool, view_.set(), home_, nearest);
    env_.pool.store(nearest).fetch(
        {view_.key(), store::Want::Value, std::nullopt, deadline(), of_others}, &nearest_);
    hedge_.watch(nearest);
}

void LockedRead::on_nearest(int store, Result<store::FetchReply>& reply) noexcept {
    nearest_pending_ = is_nearest_late_ = false;
    hedge_.stop();
    if (store != home_ || !granted_) view_.absorb(env_.pool, store, reply);
    if (granted_) compare();
}

void LockedRead::on_fetch(int, Result<store::FetchReply> reply) noexcept {
    if (!granted_) return on_claim_reply(reply);
    view_.absorb(env_.pool, home_, reply);  // the home's value, fetched under the lock
    if (is_hedged_ && view_.has_newest(home_)) env_.pool.count(pool::Counter::HedgesWon);
    compare();
}

void LockedRead::on_claim_reply(Result<store::FetchReply>& reply) noexcept {
    ahead_.stop();
    if (reply && reply->lock == store::LockState::Held) return on_held(reply->holder);
    if (reply) return on_granted(reply);
    const Error why = reply.error();
    view_.absorb(env_.pool, target_, reply);
    if (target_ == home_) return fail_over(why);
    env_.locks.abandon(std::exchange(ticket_, pool::LockRegistry::kNoTicket));
    take_next_lock();
}

void LockedRead::on_granted(Result<store::FetchReply>& reply) noexcept {
    LockHold& hold = target_ == home_ ? view_.lock : view_.guard_lock;
    hold = {target_, reply->holder, std::exchange(ticket_, pool::LockRegistry::kNoTicket)};
    if (target_ == home_ && !view_.set().is_first_choice(home_))
        env_.pool.count(pool::Counter::Failovers);
    view_.absorb(env_.pool, target_, reply);
    take_next_lock();
}

void LockedRead::take_next_lock() noexcept {
    if (!view_.lock.held()) {
        target_ = home_;
        return claim();
    }
    if (guard_ >= 0) {
        target_ = std::exchange(guard_, -1);
        return claim();
    }
    granted_ = true;
    if (!nearest_pending_) return compare();
    if (is_nearest_late_) give_up_nearest();
}

// Nobody waits for its answer.
void LockedRead::drop_guard() noexcept {
    guard_ = -1;
    if (!view_.guard_lock.held()) return;
    const LockHold held = std::exchange(view_.guard_lock, {});
    const TimePoint until = env_.scheduler.now() + env_.policy.deadline;
    env_.pool.store(held.store).release(view_.key(), held.lock, until, nullptr);
    env_.locks.abandon(held.ticket);
}

void LockedRead::on_late() noexcept {
    is_nearest_late_ = true;
    if (granted_) give_up_nearest();
}

// Where the home has no copy all stores must be asked, the nearest among them.
void LockedRead::give_up_nearest() noexcept {
    if (view_.copy(home_).state != Copy::State::Present || !hedge_.spend()) return;
    env_.pool.forget(&nearest_);
    nearest_pending_ = false;
    is_hedged_ = true;
    compare();
}

void LockedRead::on_held(const store::HeldLock& holder) noexcept {
    if (!(holder.owner == holder_)) {
        holder_ = holder.owner;
        holder_since_ = env_.scheduler.now();
    }
    const bool is_nobodys = env_.locks.is_dead(holder.owner) ||
                            env_.locks.is_abandoned(holder.owner, env_.pool.name_hash(target_));
    if (is_nobodys) {
        env_.pool.count(pool::Counter::LocksBroken);
        env_.pool.store(target_).release(view_.key(), holder, deadline(), this);
        return;
    }
    wait_or_give_up();
}

void LockedRead::on_release(int, Result<store::ReleaseReply> reply) noexcept {
    if (failure_) {
        if (!reply) env_.locks.abandon(std::exchange(ticket_, pool::LockRegistry::kNoTicket));
        return finish(*failure_);
    }
    wait_or_give_up();
}

// One visitor who reloads a slow page again and again would take all workers of the host.
bool LockedRead::is_line_too_long() const noexcept {
    const int most = env_.policy.lock_max_waiters;
    return most > 0 && !waited_ &&
           env_.locks.waiters(view_.key(), env_.pool.name_hash(target_), holder_) > most;
}

void LockedRead::wait_or_give_up() noexcept {
    if (is_line_too_long()) {
        env_.pool.count(pool::Counter::LockTimeouts);
        return conclude(Error(Errc::LockTimeout,
                              "another request holds the session's lock on %s, and %d requests of "
                              "this host wait for it already (sessmirror.lock_max_waiters)",
                              env_.pool.name(target_).c_str(), env_.policy.lock_max_waiters)
                            .at_store(target_));
    }
    if (!waited_) env_.pool.count(pool::Counter::LockWaits);
    if (!waited_ && looks_while_waiting_) look();
    waited_ = true;
    if (waited() >= env_.policy.lock_wait) {
        env_.pool.count(pool::Counter::LockTimeouts);
        const auto ms = std::chrono::duration_cast<milliseconds>(waited()).count();
        return conclude(Error(Errc::LockTimeout,
                              "another request held the session's lock on %s for %lld ms",
                              env_.pool.name(target_).c_str(), static_cast<long long>(ms))
                            .at_store(target_));
    }
    const TimePoint now = env_.scheduler.now();
    next_claim_ = now + std::min(backoff_.next(waited(), now - holder_since_, env_.random),
                                 env_.policy.lock_wait - waited());
    watch_releases();
}

void LockedRead::watch_releases() noexcept {
    if (!timer_) timer_ = env_.scheduler.make_timer(*this);
    timer_->start(std::min(LockBackoff::look(waited()), next_claim_ - env_.scheduler.now()));
}

void LockedRead::on_timer() noexcept {
    if (std::exchange(is_settling_, false)) return claim();
    const TimePoint now = env_.scheduler.now();
    const auto releases = env_.locks.releases(view_.key(), env_.pool.name_hash(target_));
    if (std::exchange(releases_seen_, releases) != releases)
        next_claim_ =
            std::min(next_claim_, now + LockBackoff::after_release(waited(), env_.random));
    if (now < next_claim_) return watch_releases();
    extend_deadline(now - claimed_at_);
    claim();
}

// A store that is not the home is asked beside each claim anyway.
void LockedRead::look() noexcept {
    if (nearest_pending_ || view_.set().reader(env_.pool) != home_) return;
    nearest_pending_ = true;
    restart_deadline();
    env_.pool.store(home_).fetch({view_.key(), store::Want::Value, std::nullopt, deadline()},
                                 &nearest_);
}

void LockedRead::fail_over(const Error& reason) noexcept {
    env_.locks.abandon(ticket_);  // the claim may still come into force
    ticket_ = pool::LockRegistry::kNoTicket;
    drop_guard();
    // The next home may be the store whose guard was given up: the lock there is another one.
    owner_ = env_.locks.new_owner();
    failed_homes_ |= store_bit(home_);
    failover_reason_ = reason;
    claim_at_next();
}

void LockedRead::on_looked() noexcept {
    if (std::exchange(awaits_look_, false)) claim_at_next();
}

void LockedRead::claim_at_next() noexcept {
    choose_home();
    awaits_look_ = home_ >= 0 && ahead_.is_under_way(home_);
    if (awaits_look_) return;
    // An answer such as "out of memory" is no outage, but a store that cannot take a lock cannot be
    // the home either.
    if (home_ < 0 || !has_time())
        return conclude(view_.failures().detail[0] != '\0' ? view_.failures() : failover_reason_);
    claim_when_settled();
}

// The lock is ours and both answers are in: which copy is the session?
void LockedRead::compare() noexcept {
    const Copy& home = view_.copy(home_);
    if (view_.has_newest(home_)) {
        if (!view_.is_confirmed(env_.pool) || !view_.is_fresh() || view_.has_open_token())
            return fall_back();
        if (env_.pool.local() >= 0 && view_.copy(env_.pool.local()).version == view_.version())
            env_.pool.count(pool::Counter::LocalHits);
        repair_laggards(env_, view_, Confirmed::Yes);
        return conclude(view_.readability());
    }
    if (home.state == Copy::State::Present && home.version.is_none()) return fetch_from_home();
    fall_back();
}

void LockedRead::fetch_from_home() noexcept {
    env_.pool.store(home_).fetch({view_.key(), store::Want::Value, std::nullopt, deadline()}, this);
}

void LockedRead::fall_back() noexcept {
    fallback_.emplace(env_, view_);
    fallback_->start(this, deadline());
}

void LockedRead::on_done() noexcept {
    conclude(fallback_->outcome());
}

void LockedRead::conclude(Status outcome) noexcept {
    if (!outcome) drop_guard();
    view_.lock.since = env_.scheduler.now();
    if (outcome || !view_.lock.held()) return finish(outcome);
    const LockHold held = std::exchange(view_.lock, {});
    const TimePoint until = env_.scheduler.now() + env_.policy.deadline;
    if (!has_time()) {
        env_.pool.store(held.store).release(view_.key(), held.lock, until, nullptr);
        env_.locks.abandon(held.ticket);
        return finish(outcome);
    }
    // Waited for: a request that failed may be the last of this worker for a long time.
    failure_ = outcome.error();
    ticket_ = held.ticket;  // left when the release is answered
    env_.pool.store(held.store).release(view_.key(), held.lock, deadline(), this);
}

}  // namespace sessmirror::replica
