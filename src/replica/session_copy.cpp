// SPDX-License-Identifier: BSD-3-Clause
#include "replica/session_copy.h"

#include <algorithm>

#include "replica/forks.h"

namespace sessmirror::replica {

void SessionCopy::run() noexcept {
    // A store that joined the pool takes over sessions from others: a session that is no longer
    // its own, or not yet, is none of its business.
    if (!view_.set().contains(target_)) return finish(kOk);
    ask(store::Want::Version);
}

// Whether the newest version is among those that can be asked. A peer that has gone since it was
// listed may be the one that has it.
bool SessionCopy::is_askable() noexcept {
    int away = 0;
    int complete = 0;
    for (const int store : view_.set().members()) {
        if (store == target_) continue;
        away += !env_.pool.is_up(store);
        complete += env_.pool.is_up(store) && !env_.pool.is_filling(store);
    }
    return away == 0 || complete > 0;
}

// Everyone, not only members: before the list of stores changed, others held the session.
void SessionCopy::ask(store::Want want) noexcept {
    if (!is_askable()) return finish(Error(Errc::NoStore, "%s", "no complete store can be asked"));
    want_ = want;
    for (const int store : view_.set().everyone()) {
        if (!env_.pool.is_up(store)) continue;
        ++pending_;
        env_.pool.store(store).fetch({view_.key(), want, std::nullopt, deadline()}, this);
    }
    if (pending_ == 0) finish(Error(Errc::NoStore, "%s", "no store can be asked"));
}

void SessionCopy::on_fetch(int store, Result<store::FetchReply> reply) noexcept {
    view_.absorb(env_.pool, store, reply);
    if (--pending_ > 0) return;
    for (const int member : view_.set().everyone())
        if (view_.copy(member).state == Copy::State::Failed) return finish(view_.failures());
    decide();
}

// By versions alone: some other store has one that is not the target's.
bool SessionCopy::may_be_behind() noexcept {
    const Copy& mine = view_.copy(target_);
    return std::ranges::any_of(view_.set().everyone(), [&](int store) {
        const Copy& copy = view_.copy(store);
        return store != target_ && copy.state == Copy::State::Present &&
               (mine.state != Copy::State::Present || mine.fingerprint != copy.fingerprint);
    });
}

void SessionCopy::decide() noexcept {
    if (want_ == store::Want::Version)
        return may_be_behind() ? ask(store::Want::Value) : finish(kOk);
    const Copy& mine = view_.copy(target_);
    const bool has_newest = mine.state == Copy::State::Present && mine.version == view_.version();
    if (!view_.is_found() || has_newest) return finish(kOk);
    put();
}

void SessionCopy::put() noexcept {
    report_if_fork(env_, view_, target_);
    store::PutRequest put;
    put.key = view_.key();
    put.payload = view_.newest().payload;
    put.header = record::encode(view_.newest().envelope, put.key.text(), put.payload);
    put.version = view_.version();
    put.fingerprint = record::fingerprint(view_.version());
    put.ttl_s = view_.lifetime_left();
    put.expected = view_.copy(target_).cas;
    put.deadline = deadline();
    ++tries_;
    env_.pool.store(target_).put(put, this);
}

void SessionCopy::on_put(int, Result<store::PutReply> reply) noexcept {
    if (!reply) return finish(reply.error());
    if (reply->outcome == store::PutOutcome::Stored) {
        copied_ = true;
        return finish(kOk);
    }
    // A request wrote meanwhile, or the copy expired: look again.
    if (tries_ >= kMaxTries)
        return finish(Error(Errc::Conflict, "%s: a session kept changing while it was copied",
                            env_.pool.name(target_).c_str()));
    view_.reset(env_.pool, store::SessionKey(view_.key()), env_.policy.redundancy);
    ask(store::Want::Version);
}

}  // namespace sessmirror::replica
