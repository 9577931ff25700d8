// SPDX-License-Identifier: BSD-3-Clause
#include "replica/mirrored_write.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "base/allocation.h"
#include "replica/tombstone.h"

namespace sessmirror::replica {

MirroredWrite::MirroredWrite(const Environment& env, SessionView& view, Kind kind, ByteView payload,
                             std::uint32_t lifetime_s, bool alone, record::Serialization form)
    : Operation(env),
      view_(view),
      acks_needed_{env.policy.ack, view.set().copies()},
      reconciliation_(env.policy, form, view, payload),
      alone_(alone),
      lifetime_s_(lifetime_s),
      entombed_(kind == Kind::Tombstone) {}

MirroredWrite::~MirroredWrite() {
    env_.locks.abandon(unlock_ticket_);
}

void MirroredWrite::run() noexcept {
    begin_round();
}

void MirroredWrite::let_payload_go() {
    if (outgoing_.shared.use_count() > 1) outgoing_.shared->keep();
}

// A store that is handed too large a value deletes the one it had, so the question comes first.
Status MirroredWrite::check_size() noexcept {
    for (const int store : view_.set().members()) {
        const auto limit = env_.pool.store(store).max_payload();
        if (outgoing_.content.size() > limit)
            return Error(Errc::TooLarge, "the session has %zu bytes, %s takes at most %llu",
                         outgoing_.content.size(), env_.pool.name(store).c_str(),
                         static_cast<unsigned long long>(limit))
                .at_store(store);
    }
    return kOk;
}

void MirroredWrite::begin_round() noexcept {
    if (rounds_ > 0 && !try_to_allocate([this] { settle_rivals(); }))
        return end(Error(Errc::OutOfMemory, "no memory to merge what others stored"));
    outgoing_.content = entombed_ ? ByteView() : reconciliation_.payload();
    outgoing_.replaces = &reconciliation_.lineage();
    if (const auto fits = check_size(); !fits) return end(fits);
    pack();

    ++rounds_;
    acked_ = 0;
    puts_of_round_ = 0;
    again_ = false;
    home_has_it_ = may_be_stored_ = false;
    const bool locked = view_.lock.held();
    // Under `fail` theirs must stay everywhere, so no mirror may be written before the home agreed.
    parallel_ = alone_ || (locked && env_.policy.on_conflict != OnConflict::Fail);
    home_ = locked ? view_.lock.store : view_.set().home(env_.pool, failed_homes_);

    record::Envelope& envelope = outgoing_.envelope;
    const std::uint32_t now = env_.scheduler.unix_seconds();
    envelope.format = std::max(env_.policy.write_format, outgoing_.replaces->format());
    envelope.version = draw_version(now);
    envelope.incarnation = incarnation(now);
    envelope.ancestors = ancestors(now);
    envelope.modified_unix = now;
    envelope.lifetime_s = std::max(outgoing_.replaces->lifetime_s(), lifetime_s_);
    outgoing_.ttl_s = entombed_
                          ? tombstone_lifetime(std::max(envelope.lifetime_s, view_.lifetime_left()),
                                               env_.policy.lock_lease_s)
                          : lifetime_s_;
    envelope.origin = env_.policy.origin;
    envelope.flags = static_cast<std::uint8_t>(
        (entombed_ ? record::kTombstone : 0) | (rounds_ > 1 ? record::kMerged : 0) |
        (view_.set().is_first_choice(home_) ? 0 : record::kAfterFailover));

    outgoing_.header = record::encode(envelope, view_.key().text(), outgoing_.payload);
    outgoing_.hints = CasHints(envelope.version);
    leaves_hints_ = !entombed_ && needs_hints(env_.pool, view_.set(), home_);
    home_waits_ = locked && parallel_ && leaves_hints_ && env_.policy.ack == Ack::All;
    if (!home_waits_) return start_home();
    start_mirrors(Mirrors::BeforeHome);
    if (pending_ == 0) start_home();
}

// Once for all replicas.
void MirroredWrite::pack() noexcept {
    outgoing_.envelope.codec = record::Codec::Plain;
    Bytes frame;
    const bool is_tried = env_.policy.compresses && !outgoing_.content.empty() &&
                          outgoing_.content.size() >= env_.policy.compress_from;
    if (is_tried && env_.compressor.compress(outgoing_.content, frame)) {
        outgoing_.envelope.codec = record::Codec::Zstd;
        outgoing_.shared = std::make_shared<store::SharedPayload>(std::move(frame));
    } else {
        outgoing_.shared = std::make_shared<store::SharedPayload>(outgoing_.content);
    }
    outgoing_.payload = outgoing_.shared->view();
}

// Together with the mirrors that need not wait for it.
void MirroredWrite::start_home() noexcept {
    if (parallel_) start_mirrors(home_waits_ ? Mirrors::WithHome : Mirrors::All);
    home_waits_ = false;
    start_put(home_, reconciliation_.base());
}

// Under the lock nobody else writes, so the order is free. Whoever writes this session next on the
// home's host has to know the mirrors' tokens; that of the mirror on this host costs no round trip
// to know, and goes along with the home's copy.
bool MirroredWrite::goes_before_home(int store) const noexcept {
    return store == env_.pool.local();
}

// Above everything that this request or its client has seen, so that no copy from before can pass
// for this one.
record::Version MirroredWrite::draw_version(std::uint32_t now) noexcept {
    const record::Version base =
        std::max(outgoing_.replaces->newest(), outgoing_.replaces->incarnation());
    const std::uint32_t above_seen = view_.generation_floor(now) + 1;
    return record::next_version(base, std::max(now, above_seen), env_.random.next());
}

// REQUIRES: the version is drawn.
record::Version MirroredWrite::incarnation(std::uint32_t now) noexcept {
    if (outgoing_.envelope.format == record::Format::First) return record::Version::none();
    if (entombed_) return outgoing_.envelope.version;
    return std::max(view_.incarnation(now), outgoing_.replaces->incarnation());
}

record::Ancestry MirroredWrite::ancestors(std::uint32_t now) noexcept {
    using Members = record::Ancestry::Members;
    if (outgoing_.envelope.format == record::Format::First) {
        const record::Version base = reconciliation_.base();
        return base.is_none() ? record::Ancestry{} : record::Ancestry{base};
    }
    record::Ancestry all = outgoing_.replaces->ancestors();
    all.trim(now, is_everyone_up() ? Members::AllThere : Members::SomeAway);
    return all;
}

bool MirroredWrite::is_everyone_up() noexcept {
    return std::ranges::all_of(view_.set().members(),
                               [this](int store) { return env_.pool.is_up(store); });
}

void MirroredWrite::start_put(int store, record::Version base) noexcept {
    std::optional<store::HeldLock> unlock;
    if (store == view_.lock.store && !keeps_lock_) {
        unlock = view_.lock.lock;
        unlock_ticket_ = view_.lock.ticket;
        unlock_store_ = store;
        view_.lock = {};
    }
    ++pending_;
    ++puts_of_round_;
    GuardedPutListener& listener = *this;
    puts_.emplace_back(env_, view_, outgoing_, store, listener).start(base, unlock, deadline());
}

void MirroredWrite::start_mirrors(Mirrors which) noexcept {
    for (const int store : view_.set().members()) {
        if (store == home_) continue;
        if (which != Mirrors::All && (which == Mirrors::BeforeHome) != goes_before_home(store))
            continue;
        if (env_.pool.is_up(store))
            start_put(store, reconciliation_.base());
        else
            env_.pool.note_missed(store, view_.key());
    }
}

void MirroredWrite::on_put_done(GuardedPut& put) noexcept {
    --pending_;
    if (put.lock_lost()) env_.pool.count(pool::Counter::LocksLost);
    if (put.store() == unlock_store_) settle_unlock(put);
    if (put.outcome() == GuardedPut::Outcome::Stored) note_token(put);
    may_be_stored_ |= put.outcome() != GuardedPut::Outcome::Superseded;
    put.store() == home_ ? on_home_done(put) : on_mirror_done(put);
    if (home_waits_ && pending_ == 0) start_home();
    advance();
}

// A put that failed may have left the lock where it was.
void MirroredWrite::settle_unlock(const GuardedPut& put) noexcept {
    const bool has_failed = put.outcome() == GuardedPut::Outcome::Failed;
    has_failed ? env_.locks.abandon(unlock_ticket_) : env_.locks.leave(unlock_ticket_);
    unlock_ticket_ = pool::LockRegistry::kNoTicket;
    unlock_store_ = -1;
}

void MirroredWrite::note_token(const GuardedPut& put) noexcept {
    if (leaves_hints_)
        outgoing_.hints.add(env_.pool.name_hash(put.store()), view_.copy(put.store()).cas);
}

// What became known after a copy had been put.
void MirroredWrite::leave_hints() noexcept {
    if (!leaves_hints_ || refusal_) return;
    const CasHints::Text hints = outgoing_.hints.encode();
    for (auto each = std::prev(puts_.end(), puts_of_round_); each != puts_.end(); ++each) {
        const GuardedPut& put = *each;
        if (put.outcome() != GuardedPut::Outcome::Stored || !has_news_for(put)) continue;
        env_.pool.store(put.store()).leave_hint(view_.key(), hints.view(), outgoing_.ttl_s);
    }
}

// A reader knows the token of the copy that it reads and, with its lock, that of the home.
bool MirroredWrite::has_news_for(const GuardedPut& put) const noexcept {
    const std::uint64_t own = env_.pool.name_hash(put.store());
    const std::uint64_t home = env_.pool.name_hash(home_);
    const bool readers_lock = env_.policy.locking == Locking::On;
    for (std::size_t i = put.hints_told(); i < outgoing_.hints.size(); ++i) {
        const std::uint64_t about = outgoing_.hints.store(i);
        if (about != own && !(readers_lock && about == home)) return true;
    }
    return false;
}

void MirroredWrite::on_home_done(GuardedPut& put) noexcept {
    switch (put.outcome()) {
        case GuardedPut::Outcome::Stored:
            acked_ |= store_bit(put.store());
            home_has_it_ = true;
            if (!parallel_) start_mirrors(Mirrors::All);
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
    } else if (!parallel_) {
        fail_over(put);
    }
}

void MirroredWrite::on_mirror_done(GuardedPut& put) noexcept {
    switch (put.outcome()) {
        case GuardedPut::Outcome::Stored:
            acked_ |= store_bit(put.store());
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
    if (theirs.is_tombstone() && !entombed_) return meet_rival(put);
    // Whoever followed us at the home was faster here: the mirror is ahead, not behind.
    if (theirs.ancestors.contains(outgoing_.envelope.version)) {
        acked_ |= store_bit(put.store());
        return;
    }
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
    ++pending_;
    env_.pool.store(home_).fetch({view_.key(), store::Want::Version, std::nullopt, deadline()},
                                 this);
}

// The home took our version. If it has another one now, that was made from ours, and what is on the
// mirror came the same way, or its writer meets it at the home. If it has not, nothing that is
// younger can have come from there.
void MirroredWrite::on_fetch(int, Result<store::FetchReply> reply) noexcept {
    --pending_;
    const auto ours = record::fingerprint(outgoing_.envelope.version);
    const bool has_moved_on = reply && reply->found && reply->fingerprint != ours;
    for (GuardedPut* const put : std::exchange(suspects_, {}))
        has_moved_on ? static_cast<void>(acked_ |= store_bit(put->store())) : meet_fork(*put);
    advance();
}

// Two homes have decided, and this store holds no copy of what ours followed.
void MirroredWrite::meet_fork(GuardedPut& put) noexcept {
    if (env_.policy.merges() && !done()) return meet_rival(put);
    env_.pool.count(pool::Counter::Conflicts);
    if (put.found().precedence() > outgoing_.envelope.precedence()) return;
    env_.pool.count(pool::Counter::Collisions,
                    std::max<std::uint64_t>(writes_lost(*outgoing_.replaces, put.found()), 1));
    if (++rounds_ <= kMaxRounds) start_put(put.store(), put.found().version);
}

void MirroredWrite::meet_rival(GuardedPut& put) noexcept {
    env_.pool.count(pool::Counter::Conflicts);
    const bool is_at_home = put.store() == home_;
    const int limit = env_.policy.merges() ? kMaxMergeRounds : kMaxRounds;
    if (alone_) {
        refusal_ = Error(Errc::Conflict, "the new session id is in use already");
        return;
    }
    if (put.found().is_tombstone()) {
        if (entombed_) {
            acked_ |= store_bit(put.store());
            return;
        }
        // Destroyed meanwhile. Mirrors that took our version already have to be told as well.
        entombed_ = true;
    } else if (put.found().incarnation > outgoing_.envelope.incarnation) {
        refusal_ =
            Error(Errc::Conflict, "the session was destroyed and begun anew while this page ran");
        return;
    } else if (env_.policy.on_conflict == OnConflict::Fail && !entombed_) {
        refusal_ = Error(Errc::Conflict, "another request stored the session first");
        return;
    } else if (rounds_ >= limit) {
        refusal_ = Error(Errc::Conflict, "the session kept changing while it was written");
        return;
    }
    rivals_.push_back({put.found(), put.take_found_payload(), is_at_home});
    again_ = true;
}

// All of a round's puts have ended.
void MirroredWrite::settle_rivals() {
    if (may_be_stored_) reconciliation_.note_sent(outgoing_.envelope.version, home_has_it_);
    // The home's first: what mirrors hold is joined to what was decided there.
    std::stable_partition(rivals_.begin(), rivals_.end(),
                          [](const Rival& rival) { return rival.is_at_home; });
    Lineage met;
    for (const Rival& rival : rivals_) {
        if (met.covers(rival.envelope.version)) continue;
        met.add(rival.envelope);
        if (entombed_) {
            reconciliation_.overrule(rival);
            report("it stays destroyed");
            continue;
        }
        const auto outcome = reconciliation_.absorb(rival);
        const bool is_merged = outcome.way == Reconciliation::Way::Merged;
        if (is_merged) env_.pool.count(pool::Counter::Merges);
        env_.pool.count(pool::Counter::Collisions, outcome.collisions);
        report(!is_merged ? "this request's data replace the other's"
               : outcome.collisions == 0
                   ? "the changes of both were merged"
                   : "the changes of both were merged, but for keys that both "
                     "had changed: of these, one value was lost");
    }
    rivals_.clear();
}

void MirroredWrite::report(const char* settlement) noexcept {
    if (env_.policy.locking != Locking::On) return;
    env_.pool.journal().add(
        Severity::Warning,
        "a session was changed by another request although this one held, or had held, its lock "
        "(lease over, or its home changed); %s",
        settlement);
}

void MirroredWrite::fail_over(const GuardedPut& put) noexcept {
    failed_homes_ |= store_bit(put.store());
    home_ = view_.set().home(env_.pool, failed_homes_);
    if (home_ >= 0) start_put(home_, reconciliation_.base());
}

void MirroredWrite::note_failure(const GuardedPut& put) noexcept {
    env_.pool.note_missed(put.store(), view_.key());
    failures_.append("%s%s", failures_.detail[0] == '\0' ? "" : "; ", put.error().detail);
}

void MirroredWrite::advance() noexcept {
    if (pending_ == 0 && !suspects_.empty() && home_has_it_ && !done())
        return ask_home_about_suspects();
    if (pending_ == 0 || done())
        for (GuardedPut* const put : std::exchange(suspects_, {})) meet_fork(*put);
    if (pending_ == 0 && !again_) leave_hints();
    if (done()) {
        idle_ = pending_ == 0;
        return;
    }
    if (pending_ > 0) {
        const bool settled = !again_ && !refusal_;
        if (settled && acks() >= acks_needed_.enough()) end(conclude());
        return;
    }
    if (again_ && !refusal_) return begin_round();
    end(conclude());
}

void MirroredWrite::end(Status outcome) noexcept {
    idle_ = pending_ == 0;
    finish(outcome);
}

// Servers, not names of servers.
int MirroredWrite::acks() const noexcept {
    return env_.pool.count_servers(acked_);
}

Status MirroredWrite::conclude() noexcept {
    if (refusal_) return *refusal_;
    if (acked_ == 0) {
        // Time that was spent on others' changes is not the stores' fault.
        if (rounds_ > 1)
            failures_.append("; other requests' changes had to be merged first, in %d rounds",
                             rounds_ - 1);
        return failures_;
    }
    const int acks = this->acks();
    if (acks < acks_needed_.required()) {
        Error error(Errc::NotEnoughAcks, "%d of %d copies acknowledged, %d needed: %s", acks,
                    acks_needed_.copies, acks_needed_.required(), failures_.detail);
        if (acks < std::popcount(acked_)) error.append("some stores are one server");
        return error;
    }
    env_.pool.count(pool::Counter::Writes);
    if (pending_ == 0 && acks < acks_needed_.copies) env_.pool.count(pool::Counter::DegradedWrites);
    return kOk;
}

}  // namespace sessmirror::replica
