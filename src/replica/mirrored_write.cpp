// SPDX-License-Identifier: BSD-3-Clause
#include "replica/mirrored_write.h"

#include <algorithm>

namespace sessmirror::replica {

MirroredWrite::MirroredWrite(const Environment& env, SessionView& view, Kind kind, ByteView payload,
                             std::uint32_t ttl_s, bool alone) noexcept
    : Operation(env),
      view_(view),
      acks_needed_{env.policy.ack, view.set().copies()},
      base_(view.version()),
      alone_(alone),
      entombed_(kind == Kind::Tombstone) {
    outgoing_.payload = payload;
    outgoing_.ttl_s = ttl_s;
}

void MirroredWrite::run() noexcept {
    if (const auto fits = check_size(); !fits) return finish(fits);
    begin_round();
}

// A store that is handed too large a value deletes the one it had, so the question comes first.
Status MirroredWrite::check_size() noexcept {
    for (const int store : view_.set().members()) {
        const auto limit = env_.pool.store(store).max_payload();
        if (outgoing_.payload.size() > limit)
            return Error(Errc::TooLarge, "the session has %zu bytes, %s takes at most %llu",
                         outgoing_.payload.size(), env_.pool.name(store).c_str(),
                         static_cast<unsigned long long>(limit))
                .at_store(store);
    }
    return kOk;
}

void MirroredWrite::begin_round() noexcept {
    ++rounds_;
    acks_ = 0;
    again_ = false;
    const bool locked = view_.lock.held();
    // Under `fail` theirs must stay everywhere, so no mirror may be written before the home agreed.
    parallel_ = alone_ || (locked && env_.policy.on_conflict == OnConflict::Mine);
    home_ = locked ? view_.lock.store : view_.set().home(env_.pool, failed_homes_);

    record::Envelope& envelope = outgoing_.envelope;
    envelope.version = draw_version();
    envelope.parent = base_;
    envelope.modified_unix = env_.scheduler.unix_seconds();
    envelope.origin = env_.policy.origin;
    envelope.flags = static_cast<std::uint8_t>(
        (entombed_ ? record::kTombstone : 0) |
        (view_.set().is_first_choice(home_) ? 0 : record::kAfterFailover));

    if (parallel_) start_mirrors();
    start_put(home_, base_);
}

// Above everything that this request or its client has seen or been promised, so that no copy from
// before can pass for this one.
record::Version MirroredWrite::draw_version() noexcept {
    if (rounds_ == 1 && announced_ > base_) return announced_;
    const std::uint32_t now = env_.scheduler.unix_seconds();
    const std::uint32_t floor = std::max(view_.generation_floor(now), announced_.generation);
    return record::next_version(base_, std::max(now, floor + 1), env_.random.next());
}

void MirroredWrite::start_put(int store, record::Version base) noexcept {
    std::optional<store::HeldLock> unlock;
    if (store == view_.lock.store && !keeps_lock_) {
        unlock = view_.lock.lock;
        env_.locks.leave(view_.lock.ticket);
        view_.lock = {};
    }
    ++pending_;
    GuardedPutListener& listener = *this;
    puts_.emplace_back(env_, view_, outgoing_, store, listener).start(base, unlock, deadline());
}

void MirroredWrite::start_mirrors() noexcept {
    for (const int store : view_.set().members())
        if (store != home_ && env_.pool.is_up(store)) start_put(store, base_);
}

void MirroredWrite::on_put_done(GuardedPut& put) noexcept {
    --pending_;
    if (put.lock_lost()) env_.pool.count(pool::Counter::LocksLost);
    put.store() == home_ ? on_home_done(put) : on_mirror_done(put);
    advance();
}

void MirroredWrite::on_home_done(const GuardedPut& put) noexcept {
    switch (put.outcome()) {
        case GuardedPut::Outcome::Stored:
            ++acks_;
            if (!parallel_) start_mirrors();
            return;
        case GuardedPut::Outcome::Superseded:
            return resolve_conflict(put.found());
        case GuardedPut::Outcome::Failed:
        case GuardedPut::Outcome::Pending:
            break;
    }
    note_failure(put);
    // A home that answers and still cannot take the write keeps the say: no other may overrule it.
    if (!pool::Health::is_outage(put.error().code)) {
        refusal_ = put.error();
    } else if (!parallel_) {
        fail_over(put);
    }
}

void MirroredWrite::on_mirror_done(const GuardedPut& put) noexcept {
    switch (put.outcome()) {
        case GuardedPut::Outcome::Stored:
            ++acks_;
            return;
        case GuardedPut::Outcome::Superseded:
            break;
        case GuardedPut::Outcome::Failed:
        case GuardedPut::Outcome::Pending:
            return note_failure(put);
    }
    const record::Envelope& theirs = put.found();
    if (theirs.is_tombstone() && !entombed_) return resolve_conflict(theirs);
    if (theirs.version > outgoing_.envelope.version) {
        // Whoever followed us at the home was faster here: the mirror is ahead, not behind. But if
        // it followed somebody else, two homes have decided and this store holds no copy of ours.
        if (theirs.parent == outgoing_.envelope.version) {
            ++acks_;
        } else {
            env_.pool.count(pool::Counter::Conflicts);
        }
        return;
    }
    env_.pool.count(pool::Counter::Conflicts);
    if (++rounds_ <= kMaxRounds) start_put(put.store(), theirs.version);
}

void MirroredWrite::resolve_conflict(const record::Envelope& theirs) noexcept {
    env_.pool.count(pool::Counter::Conflicts);
    if (alone_) {
        refusal_ = Error(Errc::Conflict, "the new session id is in use already");
        return;
    }
    if (theirs.is_tombstone()) {
        if (entombed_) {
            ++acks_;
            return;
        }
        // Destroyed meanwhile. Mirrors that took our version already have to be told as well.
        entombed_ = true;
        outgoing_.payload = {};
    } else if (env_.policy.on_conflict == OnConflict::Fail && !entombed_) {
        refusal_ = Error(Errc::Conflict, "another request stored the session first");
        return;
    } else if (rounds_ >= kMaxRounds) {
        refusal_ = Error(Errc::Conflict, "the session kept changing while it was written");
        return;
    }
    if (env_.policy.locking == Locking::On)
        env_.pool.journal().add(
            Severity::Warning,
            "a session was changed by another request although this one held, or had held, its "
            "lock "
            "(lease over, or its home changed); %s",
            entombed_ ? "it stays destroyed" : "this request's data replace the other's");
    again_ = true;
    base_ = std::max(base_, theirs.version);
}

void MirroredWrite::fail_over(const GuardedPut& put) noexcept {
    failed_homes_ |= store_bit(put.store());
    home_ = view_.set().home(env_.pool, failed_homes_);
    if (home_ >= 0) start_put(home_, base_);
}

void MirroredWrite::note_failure(const GuardedPut& put) noexcept {
    failures_.append("%s%s", failures_.detail[0] == '\0' ? "" : "; ", put.error().detail);
}

void MirroredWrite::advance() noexcept {
    if (done()) return;
    if (pending_ > 0) {
        const bool settled = !again_ && !refusal_;
        if (settled && acks_ >= acks_needed_.enough()) finish(conclude());
        return;
    }
    if (again_ && !refusal_) return begin_round();
    finish(conclude());
}

Status MirroredWrite::conclude() noexcept {
    if (refusal_) return *refusal_;
    if (acks_ == 0) return failures_;
    if (acks_ < acks_needed_.required()) {
        Error error(Errc::NotEnoughAcks, "%d of %d copies acknowledged, %d needed: %s", acks_,
                    acks_needed_.copies, acks_needed_.required(), failures_.detail);
        return error;
    }
    env_.pool.count(pool::Counter::Writes);
    if (pending_ == 0 && acks_ < acks_needed_.copies)
        env_.pool.count(pool::Counter::DegradedWrites);
    return kOk;
}

}  // namespace sessmirror::replica
