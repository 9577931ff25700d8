// SPDX-License-Identifier: BSD-3-Clause
#include "replica/fallback_read.h"

#include <algorithm>

#include "replica/repair.h"

namespace sessmirror::replica {

void FallbackRead::run() noexcept {
    advance();
}

void FallbackRead::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    view_.absorb(env_.pool, store, reply);
    if (--pending_ > 0) return;
    round_ = round_after(round_);
    advance();
}

// For a write that may have followed an open token the search ends with the members: most never
// came, and asking stores that are down costs the page their timeouts.
FallbackRead::Round FallbackRead::round_after(Round round) const noexcept {
    const bool is_enough = (view_.is_found() && view_.is_fresh()) || view_.has_ended();
    return round == Round::Members && !is_enough ? Round::Everyone : Round::Over;
}

void FallbackRead::advance() noexcept {
    while (round_ != Round::Over) {
        if (ask_round()) return;
        round_ = round_after(round_);
    }
    finish(conclude());
}

bool FallbackRead::ask_round() noexcept {
    const bool members_only = round_ == Round::Members;
    for (const int store : members_only ? view_.set().members() : view_.set().everyone()) {
        const Copy& copy = view_.copy(store);
        // A copy whose version alone was seen still has to be read, unless that version is at hand.
        // A store that failed gets a second chance before a session is said not to exist: a claim
        // may fail where a read does not (a full store).
        const bool again = !members_only && copy.state == Copy::State::Failed;
        const bool known = copy.state == Copy::State::Present
                               ? !copy.version.is_none()
                               : copy.state != Copy::State::Unknown && !again;
        if (known || (members_only && !env_.pool.is_up(store))) continue;
        ++pending_;
        env_.pool.store(store).fetch({view_.key(), store::Want::Value, std::nullopt, deadline()},
                                     this);
    }
    if (pending_ > 0 && !counted_) env_.pool.count(pool::Counter::Fallbacks);
    counted_ |= pending_ > 0;
    return pending_ > 0;
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
    view_.close_token();
    if (view_.has_ended()) return kOk;
    const bool is_confirmed = view_.is_confirmed(env_.pool) || every_member_answered();
    repair_laggards(env_, view_, is_confirmed && view_.is_fresh() ? Confirmed::Yes : Confirmed::No);
    if (const auto readable = view_.readability(); !readable) return readable;
    return view_.is_fresh() ? kOk : serve_stale();
}

Status FallbackRead::conclude_not_found() noexcept {
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
    // The client has seen a session. Where everybody answers that there is none, it has expired.
    const bool may_exist = view_.has_token() && !view_.has_ended() && !every_member_answered();
    return may_exist ? serve_stale() : kOk;
}

Status FallbackRead::serve_stale() noexcept {
    view_.is_stale = true;
    env_.pool.count(pool::Counter::StaleReads);
    const char* const unreached = view_.failures().detail;
    const char* const reason = unreached[0] == '\0' ? "no store has it any more" : unreached;
    if (env_.policy.on_stale == OnStale::Fail)
        return Error(Errc::Stale,
                     "the client has seen a newer version of the session than any "
                     "that could be read (%s)",
                     reason);
    env_.pool.journal().add(
        Severity::Warning,
        "a session is served %s: the client has seen a newer version than any that could be read "
        "(%s)",
        view_.is_found() ? "as it was before its last change" : "as a new one", reason);
    return kOk;
}

}  // namespace sessmirror::replica
