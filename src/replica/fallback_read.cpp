// SPDX-License-Identifier: BSD-3-Clause
#include "replica/fallback_read.h"

#include <algorithm>

#include "pool/notice_turn.h"
#include "replica/repair.h"

namespace sessmirror::replica {

void FallbackRead::run() noexcept {
    advance();
}

void FallbackRead::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    view_.absorb(env_.pool, store, reply);
    brief_ &= ~store_bit(store);
    if (--pending_ == 0) next_round();
}

void FallbackRead::on_timer() noexcept {
    const auto ms = std::chrono::ceil<milliseconds>(brief_wait_).count();
    for (int store = 0; store < env_.pool.size(); ++store) {
        if ((brief_ & store_bit(store)) == 0) continue;
        env_.pool.store(store).forget(this);
        Result<store::FetchReply> none(Error(Errc::OutOfTime, "%.100s is down and had only %d ms",
                                             env_.pool.name(store).c_str(), static_cast<int>(ms)));
        view_.absorb(env_.pool, store, none);
        --pending_;
    }
    brief_ = 0;
    if (pending_ == 0) next_round();
}

void FallbackRead::next_round() noexcept {
    if (timer_) timer_->stop();
    round_ = round_after(round_);
    advance();
}

// For a write that may have followed an open token the search ends with the members: most never
// came, and asking stores that are down costs the page their timeouts.
FallbackRead::Round FallbackRead::round_after(Round round) noexcept {
    if (round == Round::Members && has_unread_version()) return Round::Members;
    const bool is_enough = (view_.is_found() && view_.is_fresh()) || view_.has_ended();
    return round == Round::Members && !is_enough ? Round::Everyone : Round::Over;
}

void FallbackRead::advance() noexcept {
    while (round_ != Round::Over) {
        if (!has_time()) break;
        if (ask_round()) return;
        round_ = round_after(round_);
    }
    finish(conclude());
}

// A copy whose version alone was seen still has to be read, unless that version is at hand.
bool FallbackRead::is_known(int store) noexcept {
    const Copy& copy = view_.copy(store);
    switch (copy.state) {
        case Copy::State::Unknown:
            return false;
        case Copy::State::Present:
            return !copy.version.is_none() || view_.has_newest(store);
        case Copy::State::Failed:
            // A second chance before a session is said not to exist: a claim may fail where a read
            // does not (a full store). Not for one that has let this call wait.
            // One that was waited for gets it only where no token could vouch for the session.
            return round_ == Round::Members ||
                   (copy.has_timed_out && env_.policy.freshness == Freshness::Token);
        case Copy::State::Absent:
        case Copy::State::Damaged:
            return true;
    }
    return true;
}

bool FallbackRead::has_unread_version() noexcept {
    return std::ranges::any_of(view_.set().members(), [this](int store) {
        return view_.copy(store).state == Copy::State::Present && !is_known(store);
    });
}

bool FallbackRead::is_worth_asking(int store) noexcept {
    const bool has_failed = view_.copy(store).state == Copy::State::Failed;
    return round_ == Round::Everyone || (env_.pool.is_up(store) && !has_failed);
}

bool FallbackRead::is_vouched_for() noexcept {
    if (view_.has_token() && env_.policy.has_secret) return true;
    return !view_.is_found() && !has_credible_miss(Trust::UnlessItLostAll);
}

bool FallbackRead::ask_round() noexcept {
    const bool members_only = round_ == Round::Members;
    const bool waits_for_all = members_only || is_vouched_for();
    for (const int store : members_only ? view_.set().members() : view_.set().everyone()) {
        if (is_known(store) || !is_worth_asking(store)) continue;
        ask(store);
        if (!waits_for_all && !env_.pool.is_up(store)) wait_briefly_for(store);
    }
    if (pending_ > 0 && !counted_) env_.pool.count(pool::Counter::Fallbacks);
    counted_ |= pending_ > 0;
    return pending_ > 0;
}

// Whether something followed an open token a version tells.
void FallbackRead::ask(int store) noexcept {
    const bool is_version_enough =
        view_.has_open_token() && view_.copy(store).state == Copy::State::Unknown;
    const auto want = is_version_enough ? store::Want::Version : store::Want::Value;
    ++pending_;
    env_.pool.store(store).fetch({view_.key(), want, std::nullopt, deadline()}, this);
}

void FallbackRead::wait_briefly_for(int store) noexcept {
    brief_ |= store_bit(store);
    brief_wait_ = std::max(brief_wait_, 2 * env_.pool.health(store).late_after());
    if (!timer_) timer_ = env_.scheduler.make_timer(*this);
    timer_->start(brief_wait_);
}

int FallbackRead::members_answered() noexcept {
    return static_cast<int>(std::ranges::count_if(view_.set().members(), [this](int store) {
        const auto state = view_.copy(store).state;
        return state != Copy::State::Failed && state != Copy::State::Unknown;
    }));
}

Status FallbackRead::conclude() noexcept {
    const bool needs_majority = env_.policy.freshness == Freshness::Majority;
    if (needs_majority && 2 * members_answered() <= view_.set().copies())
        return Error(Errc::NoStore, "%d of %d replicas answered, which is no majority: %s",
                     members_answered(), view_.set().copies(), view_.failures().detail);
    return view_.is_found() ? conclude_found() : conclude_not_found();
}

Status FallbackRead::conclude_found() noexcept {
    if (every_member_answered()) view_.close_token();
    if (view_.has_ended()) return kOk;
    const bool is_confirmed = view_.is_confirmed(env_.pool) || every_member_answered();
    repair_laggards(env_, view_, is_confirmed && view_.is_fresh() ? Confirmed::Yes : Confirmed::No);
    if (const auto readable = view_.readability(); !readable) return readable;
    // Whatever the client has seen of it: a tombstone beats all that does not descend from it.
    const bool is_over = view_.newest().envelope.is_tombstone() && every_member_answered();
    const bool is_fresh = view_.is_fresh() && !view_.has_open_token();
    return is_fresh || is_over ? kOk : serve_stale();
}

// Whether a store that holds all it should hold has said that there is no such session.
bool FallbackRead::has_credible_miss(Trust trust) noexcept {
    return std::ranges::any_of(view_.set().members(), [this, trust](int store) {
        const bool has_lost = env_.pool.is_filling(store);
        const bool may_lack =
            trust == Trust::OnlyIfCompared && env_.pool.health(store).comparison_due() != 0;
        return view_.copy(store).state == Copy::State::Absent && !has_lost && !may_lack;
    });
}

Error FallbackRead::no_credible_answer() noexcept {
    const char* const unreached = view_.failures().detail;
    return Error(Errc::NoStore,
                 "the stores that answered were restarted or away and may have lost the session; "
                 "the others cannot be asked (%s)",
                 unreached[0] == '\0' ? "known to be down" : unreached);
}

Status FallbackRead::conclude_not_found() noexcept {
    // Those that were not asked may have it.
    if (round_ != Round::Over)
        return Error(Errc::OutOfTime, "no time was left to ask other stores: %s",
                     view_.failures().detail);
    bool answered = false;
    for (const int store : view_.set().everyone()) {
        const auto state = view_.copy(store).state;
        if (state == Copy::State::Damaged)
            return Error(Errc::Corrupt,
                         "the copy on %s is damaged and no other store has a good one",
                         env_.pool.name(store).c_str());
        answered |= state == Copy::State::Absent;
    }
    if (!answered) return view_.failures();
    if (view_.has_ended() || every_member_answered()) return kOk;
    // The client has seen a session.
    if (view_.has_token()) return serve_stale();
    const bool is_believed =
        has_credible_miss(Trust::UnlessItLostAll) || env_.policy.on_stale == OnStale::Renew;
    return is_believed ? Status(kOk) : no_credible_answer();
}

Status FallbackRead::serve_stale() noexcept {
    view_.is_stale = true;
    // Without a secret clients can make up tokens, and must not be able to raise an alarm.
    const bool may_be_forged = !env_.policy.has_secret && every_member_answered();
    env_.pool.count(may_be_forged ? pool::Counter::UnmetTokens : pool::Counter::StaleReads);
    const char* const unreached = view_.failures().detail;
    const char* const reason = unreached[0] == '\0' ? "no store has it any more" : unreached;
    const bool would_bury = !view_.is_found() && !has_credible_miss(Trust::OnlyIfCompared);
    const bool is_served =
        would_bury ? env_.policy.on_stale == OnStale::Renew : env_.policy.on_stale != OnStale::Fail;
    if (!is_served)
        return Error(Errc::Stale,
                     "the client has seen a newer version of the session than any "
                     "that could be read (%s)",
                     reason);
    pool::HostPage& page = env_.pool.page();
    if (may_be_forged || !pool::take_notice_turn(page, page.next_stale_notice_ns, env_.scheduler))
        return kOk;
    env_.pool.journal().add(
        Severity::Warning,
        "a session is served %s: the client has seen a newer version than any that could be read "
        "(%s)",
        view_.is_found() ? "as it was before its last change" : "as a new one", reason);
    return kOk;
}

}  // namespace sessmirror::replica
