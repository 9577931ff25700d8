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
    round_ = round_ == Round::Members && !view_.is_found() ? Round::Everyone : Round::Over;
    advance();
}

void FallbackRead::advance() noexcept {
    while (round_ != Round::Over) {
        if (ask_round()) return;
        round_ = round_ == Round::Members && !view_.is_found() ? Round::Everyone : Round::Over;
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

bool FallbackRead::every_member_answered() noexcept {
    return std::ranges::all_of(view_.set().members(), [this](int store) {
        const auto state = view_.copy(store).state;
        return state != Copy::State::Failed && state != Copy::State::Unknown;
    });
}

Status FallbackRead::conclude() noexcept {
    if (view_.is_found()) {
        const bool confirmed = view_.is_confirmed(env_.pool) || every_member_answered();
        repair_laggards(env_, view_, confirmed ? Confirmed::Yes : Confirmed::No);
        return kOk;
    }
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
    return kOk;
}

}  // namespace sessmirror::replica
