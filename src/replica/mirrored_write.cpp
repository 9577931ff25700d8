// SPDX-License-Identifier: BSD-3-Clause
#include "replica/mirrored_write.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/allocation.h"
#include "pool/lock_holds.h"

namespace sessmirror::replica {

MirroredWrite::MirroredWrite(const Environment& env, SessionView& view, Kind kind, ByteView payload,
                             std::uint32_t lifetime_s, bool alone, record::Serialization form)
    : Operation(env),
      view_(view),
      acks_needed_{env.policy.ack, view.set().copies()},
      reconciliation_(env.policy, form, view, payload),
      alone_(alone),
      lifetime_s_(lifetime_s),
      kind_(kind) {}

void MirroredWrite::run() noexcept {
    if (!unlock_.is_withheld())
        view_.lock.note_work(pool::LockHolds(env_.pool.page()), env_.scheduler.now());
    begin_round();
}

void MirroredWrite::let_payload_go() {
    if (outgoing_.shared.use_count() > 1) outgoing_.shared->keep();
}

void MirroredWrite::begin_round() noexcept {
    const bool is_tombstone = kind_ == Kind::Tombstone;
    const bool is_ready =
        rivals_.empty() || try_to_allocate([&] {
            if (round_.may_be_stored())
                reconciliation_.note_sent(outgoing_.envelope.version, round_.is_at_home());
            rivals_.settle(is_tombstone);
        });
    if (!is_ready) return end(Error(Errc::OutOfMemory, "no memory to merge what others stored"));

    round_.begin();
    const int home = view_.lock.held() ? view_.lock.store : round_.home_in(view_.set(), env_.pool);
    outgoing_.content = is_tombstone ? ByteView() : reconciliation_.payload();
    outgoing_.replaces = &reconciliation_.lineage();
    const Intent intent{is_tombstone, round_.number() > 1, home, reconciliation_.base(),
                        lifetime_s_};
    if (const auto made = compose(outgoing_, env_, view_, intent); !made) return end(made);
    hints_.begin(home, is_tombstone);
    round_.arrange(home, order());
    if (round_.order() != WriteRound::Order::NearMirror) return start_home();
    stage_ = Stage::NearMirror;
    start_mirrors(Mirrors::Near);
    if (!round_.is_pending()) start_home();
}

// Under the lock nobody else writes, so the order is free. Whoever writes this session next on the
// home's host has to know the mirrors' tokens; that of the mirror on this host costs no round trip
// to know, and goes along with the home's copy.
WriteRound::Order MirroredWrite::order() noexcept {
    const bool is_locked = view_.lock.held();
    // Under `fail` theirs must stay everywhere, so no mirror may be written before the home agreed.
    const bool parallel = alone_ || (is_locked && env_.policy.on_conflict != OnConflict::Fail);
    if (!parallel) return WriteRound::Order::HomeFirst;
    const bool near_first = is_locked && hints_.is_wanted() && env_.policy.ack == Ack::All;
    return near_first ? WriteRound::Order::NearMirror : WriteRound::Order::AllTogether;
}

// Together with the mirrors that need not wait for it.
void MirroredWrite::start_home() noexcept {
    stage_ = Stage::Puts;
    switch (round_.order()) {
        case WriteRound::Order::HomeFirst:
            break;
        case WriteRound::Order::NearMirror:
            start_mirrors(Mirrors::Far);
            break;
        case WriteRound::Order::AllTogether:
            start_mirrors(Mirrors::All);
            break;
    }
    start_put(round_.home(), reconciliation_.base());
}

void MirroredWrite::start_put(int store, record::Version base) noexcept {
    GuardedPut& put = round_.add(env_, view_, outgoing_, store, *this);
    auto unlock = unlock_.take(view_.lock, store);
    if (!unlock) unlock = guard_unlock_.take(view_.guard_lock, store);
    put.start(base, unlock, deadline());
}

void MirroredWrite::start_mirrors(Mirrors which) noexcept {
    for (const int store : view_.set().members()) {
        const bool is_near = store == env_.pool.local();
        const bool is_meant = which == Mirrors::All || (which == Mirrors::Near) == is_near;
        if (store == round_.home() || !is_meant) continue;
        if (env_.pool.is_up(store))
            start_put(store, reconciliation_.base());
        else
            env_.pool.note_missed(store, view_.key());
    }
}

void MirroredWrite::on_put_done(GuardedPut& put) noexcept {
    if (put.lock_lost()) env_.pool.count(pool::Counter::LocksLost);
    unlock_.settle(put);
    guard_unlock_.settle(put);
    round_.settle(put);
    if (put.outcome() == GuardedPut::Outcome::Stored)
        hints_.note(put.store(), view_.copy(put.store()).cas);
    put.store() == round_.home() ? on_home_done(put) : on_mirror_done(put);
    if (stage_ == Stage::NearMirror && !round_.is_pending()) start_home();
    advance();
}

void MirroredWrite::on_home_done(GuardedPut& put) noexcept {
    const bool decides = round_.order() == WriteRound::Order::HomeFirst;
    switch (put.outcome()) {
        case GuardedPut::Outcome::Stored:
            if (decides) start_mirrors(Mirrors::All);
            return;
        case GuardedPut::Outcome::Superseded:
            return meet_rival(put);
        case GuardedPut::Outcome::Failed:
        case GuardedPut::Outcome::Pending:
            break;
    }
    note_failure(put);
    // A home that is full has lost the copy that it had, and is as good as away. One that answers
    // and still does not take the write for another reason keeps the say: no other may overrule it.
    const Errc why = put.error().code;
    if (!pool::Health::is_outage(why) && why != Errc::StoreError) {
        refusal_ = put.error();
    } else if (decides) {
        const int next = round_.fail_over(view_.set(), env_.pool);
        if (next >= 0) start_put(next, reconciliation_.base());
    }
}

void MirroredWrite::on_mirror_done(GuardedPut& put) noexcept {
    switch (put.outcome()) {
        case GuardedPut::Outcome::Stored:
            return;
        case GuardedPut::Outcome::Superseded:
            return on_superseded_mirror(put);
        case GuardedPut::Outcome::Failed:
        case GuardedPut::Outcome::Pending:
            return note_failure(put);
    }
}

void MirroredWrite::on_superseded_mirror(GuardedPut& put) noexcept {
    const record::Envelope& theirs = put.found();
    if (theirs.is_tombstone() && kind_ == Kind::Payload) return meet_rival(put);
    // Whoever followed us at the home was faster here: the mirror is ahead, not behind.
    if (theirs.ancestors.contains(outgoing_.envelope.version))
        return round_.acknowledge(put.store());
    // Or it followed those who followed us, and its ancestry does not reach back to us any more:
    // the home can tell.
    const bool may_follow = theirs.format == record::Format::First || theirs.ancestors.is_full();
    if (may_follow && theirs.parent().generation > outgoing_.envelope.version.generation &&
        !done()) {
        suspects_.push_back(&put);
        return;
    }
    meet_fork(put);
}

void MirroredWrite::ask_home_about_suspects() noexcept {
    stage_ = Stage::Suspects;
    env_.pool.store(round_.home())
        .fetch({view_.key(), store::Want::Version, std::nullopt, deadline()}, this);
}

// The home took our version. If it has another one now, that was made from ours, and what is on the
// mirror came the same way, or its writer meets it at the home. If it has not, nothing that is
// younger can have come from there.
void MirroredWrite::on_fetch(int, Result<store::FetchReply> reply) noexcept {
    stage_ = Stage::Puts;
    const auto ours = record::fingerprint(outgoing_.envelope.version);
    const bool has_moved_on = reply && reply->found && reply->fingerprint != ours;
    for (GuardedPut* const put : std::exchange(suspects_, {}))
        has_moved_on ? round_.acknowledge(put->store()) : meet_fork(*put);
    advance();
}

// Two homes have decided, and this store holds no copy of what ours followed.
void MirroredWrite::meet_fork(GuardedPut& put) noexcept {
    if (env_.policy.merges() && !done()) return meet_rival(put);
    env_.pool.count(pool::Counter::Conflicts);
    if (put.found().precedence() > outgoing_.envelope.precedence()) return;
    env_.pool.count(pool::Counter::Collisions,
                    std::max<std::uint64_t>(writes_lost(*outgoing_.replaces, put.found()), 1));
    if (round_.number() + ++forks_replaced_ <= kMaxRounds)
        start_put(put.store(), put.found().version);
}

void MirroredWrite::meet_rival(GuardedPut& put) noexcept {
    env_.pool.count(pool::Counter::Conflicts);
    if (auto refusal = refusal_of(put.found())) {
        refusal_ = std::move(refusal);
        return;
    }
    if (put.found().is_tombstone()) {
        if (kind_ == Kind::Tombstone) return round_.acknowledge(put.store());
        // Destroyed meanwhile. Mirrors that took our version already have to be told as well.
        kind_ = Kind::Tombstone;
    }
    rivals_.add({put.found(), put.take_found_payload(), put.store() == round_.home()});
}

std::optional<Error> MirroredWrite::refusal_of(const record::Envelope& rival) const noexcept {
    const int limit = env_.policy.merges() ? kMaxMergeRounds : kMaxRounds;
    if (alone_) return Error(Errc::Conflict, "the new session id is in use already");
    if (rival.is_tombstone()) return std::nullopt;
    if (rival.incarnation > outgoing_.envelope.incarnation)
        return Error(Errc::Conflict,
                     "the session was destroyed and begun anew while this page ran");
    if (env_.policy.on_conflict == OnConflict::Fail && kind_ == Kind::Payload)
        return Error(Errc::Conflict, "another request stored the session first");
    if (round_.number() >= limit)
        return Error(Errc::Conflict, "the session kept changing while it was written");
    return std::nullopt;
}

void MirroredWrite::note_failure(const GuardedPut& put) noexcept {
    env_.pool.note_missed(put.store(), view_.key());
    failures_.append("%s%s", failures_.detail[0] == '\0' ? "" : "; ", put.error().detail);
}

void MirroredWrite::advance() noexcept {
    if (!round_.is_pending() && !suspects_.empty() && round_.is_at_home() && !done())
        return ask_home_about_suspects();
    if (!round_.is_pending() || done())
        for (GuardedPut* const put : std::exchange(suspects_, {})) meet_fork(*put);
    if (!round_.is_pending() && rivals_.empty() && !refusal_) hints_.leave(round_);
    if (done()) return rest();
    if (round_.is_pending()) {
        const bool is_settled = rivals_.empty() && !refusal_;
        if (is_settled && acks() >= acks_needed_.enough()) end(conclude());
        return;
    }
    if (!rivals_.empty() && !refusal_) return begin_round();
    end(conclude());
}

// The page has had its answer.
void MirroredWrite::rest() noexcept {
    if (round_.is_pending()) return;
    if (outcome()) count_if_degraded();
    idle_ = true;
}

void MirroredWrite::end(Status outcome) noexcept {
    idle_ = !round_.is_pending();
    if (outcome && idle_) count_if_degraded();
    finish(outcome);
}

// Servers, not names of servers.
int MirroredWrite::acks() const noexcept {
    return env_.pool.count_servers(round_.acked());
}

void MirroredWrite::count_if_degraded() noexcept {
    if (acks() < acks_needed_.copies) env_.pool.count(pool::Counter::DegradedWrites);
}

Status MirroredWrite::conclude() noexcept {
    if (refusal_) return *refusal_;
    if (round_.acked() == 0) {
        // Time that was spent on others' changes is not the stores' fault.
        if (round_.number() > 1)
            failures_.append("; other requests' changes had to be merged first, in %d rounds",
                             round_.number() - 1);
        return failures_;
    }
    const int acks = this->acks();
    if (acks < acks_needed_.required()) {
        Error error(Errc::NotEnoughAcks, "%d of %d copies acknowledged, %d needed: %s", acks,
                    acks_needed_.copies, acks_needed_.required(), failures_.detail);
        if (acks < std::popcount(round_.acked())) error.append("some stores are one server");
        return error;
    }
    env_.pool.count(pool::Counter::Writes);
    return kOk;
}

}  // namespace sessmirror::replica
