// SPDX-License-Identifier: BSD-3-Clause
#include "replica/guarded_put.h"

#include <utility>

#include "base/allocation.h"

namespace sessmirror::replica {

GuardedPut::GuardedPut(const Environment& env, SessionView& view, const Outgoing& outgoing,
                       int store, GuardedPutListener& listener) noexcept
    : env_(env), view_(view), outgoing_(outgoing), store_(store), listener_(listener) {}

void GuardedPut::start(record::Version base, std::optional<store::HeldLock> unlock,
                       TimePoint deadline) noexcept {
    base_ = base;
    unlock_ = unlock;
    deadline_ = deadline;
    step();
}

void GuardedPut::step() noexcept {
    const Copy& copy = view_.copy(store_);
    switch (copy.state) {
        case Copy::State::Absent:
        case Copy::State::Damaged:
            return put(copy.cas);
        case Copy::State::Present:
            if (copy.fingerprint == record::fingerprint(base_) ||
                (!copy.version.is_none() && outgoing_.replaces->covers(copy.version)))
                return put(copy.cas);
            break;
        case Copy::State::Unknown:
        case Copy::State::Failed:
            break;
    }
    // Engines whose CAS is the version spare the look.
    const store::Cas predicted = base_.is_none() ? 0 : env_.pool.store(store_).predicted_cas(base_);
    if (tries_ == 0 && predicted != 0) return put(predicted);
    if (const store::Cas hinted = hinted_cas(); tries_ == 0 && hinted != 0)
        return put(hinted, true);
    look(store::Want::Version);
}

// A store that may have started anew since counts its tokens anew as well.
store::Cas GuardedPut::hinted_cas() const noexcept {
    if (base_ != view_.version() || env_.pool.is_filling(store_) ||
        env_.pool.health(store_).is_in_doubt(view_.newest().envelope.modified_unix))
        return 0;
    return view_.hints().find(base_, token_source(env_.pool, store_));
}

void GuardedPut::put(store::Cas expected, bool by_hint) noexcept {
    const CasHints::Text hint = outgoing_.hints.encode();
    hints_told_ = outgoing_.hints.size();
    store::PutRequest request;
    request.key = view_.key();
    request.header = outgoing_.header;
    request.payload = outgoing_.payload;
    request.shared = outgoing_.shared;
    request.version = outgoing_.envelope.version;
    request.fingerprint = record::fingerprint(outgoing_.envelope.version);
    request.ttl_s = outgoing_.ttl_s;
    request.expected = expected;
    request.expected_by_hint = by_hint_ = by_hint;
    request.hint = hint.view();
    request.unlock = std::exchange(unlock_, std::nullopt);
    request.deadline = deadline_;
    ++tries_;
    env_.pool.store(store_).put(request, this);
}

void GuardedPut::look(store::Want want) noexcept {
    env_.pool.store(store_).fetch({view_.key(), want, std::nullopt, deadline_}, this);
}

void GuardedPut::on_put(int, Result<store::PutReply> reply) noexcept {
    Copy& copy = view_.copy(store_);
    if (!reply) {
        copy = {};  // it may have arrived or may yet arrive
        return fail(reply.error());
    }
    lock_lost_ |= reply->lock_lost;
    switch (reply->outcome) {
        case store::PutOutcome::Stored:
            copy = {Copy::State::Present, reply->cas,
                    record::fingerprint(outgoing_.envelope.version), outgoing_.envelope.version,
                    outgoing_.ttl_s};
            return end(Outcome::Stored);
        case store::PutOutcome::Missing:
            copy = {Copy::State::Absent, 0, 0, {}, 0};
            break;
        case store::PutOutcome::Conflict:
            copy = {};
            break;
    }
    if (!has_time()) return fail_for_lack_of_time();
    if (tries_ >= kMaxTries)
        return fail(Error(Errc::Conflict, "%s: the session kept changing while it was written",
                          env_.pool.name(store_).c_str()));
    // What stands in the way has to be read whole: only its version tells who is newer. Unless the
    // hint was wrong, which its fingerprint tells.
    if (copy.state == Copy::State::Unknown)
        return look(by_hint_ ? store::Want::Version : store::Want::Value);
    step();
}

void GuardedPut::on_fetch(int, Result<store::FetchReply> reply) noexcept {
    if (!reply) return fail(reply.error());
    if (!has_time()) return fail_for_lack_of_time();
    judge(*reply);
}

bool GuardedPut::may_replace(const record::Envelope& envelope) const noexcept {
    // The first format has no incarnations.
    const bool is_old_end = envelope.format == record::Format::First && envelope.is_tombstone() &&
                            envelope.version < base_;
    return envelope.version == base_ || outgoing_.replaces->covers(envelope) ||
           envelope.incarnation < outgoing_.envelope.incarnation || is_old_end;
}

void GuardedPut::judge(store::FetchReply& reply) noexcept {
    Copy& copy = view_.copy(store_);
    if (!reply.found) {
        copy = {Copy::State::Absent, reply.cas, 0, {}, 0};
        return put(reply.cas);
    }
    copy = {Copy::State::Present, reply.cas, reply.fingerprint, {}, reply.ttl_left_s};
    if (!base_.is_none() && reply.fingerprint == record::fingerprint(base_)) return put(reply.cas);
    if (!reply.has_value) return look(store::Want::Value);

    const auto decoded = record::decode(view_.key().text(), reply.value);
    if (!decoded) {
        copy.state = Copy::State::Damaged;
        return put(reply.cas);
    }
    copy.version = decoded->envelope.version;
    if (copy.version == outgoing_.envelope.version) return end(Outcome::Stored);
    if (may_replace(decoded->envelope)) return put(reply.cas);
    give_way(*decoded, reply.cas);
}

void GuardedPut::give_way(const record::Record& theirs, store::Cas cas) noexcept {
    found_ = theirs.envelope;
    const bool is_plain = found_.codec == record::Codec::Plain || found_.is_tombstone();
    if (is_plain || !env_.policy.merges()) {
        const ByteView payload = theirs.payload;
        if (!try_to_allocate([&] { found_payload_.assign(payload.begin(), payload.end()); }))
            return fail(Error(Errc::OutOfMemory, "no memory for what another request stored"));
        return end(Outcome::Superseded);
    }
    const Status expanded =
        env_.compressor.expand(theirs, env_.policy.max_session_bytes, found_payload_);
    if (expanded) return end(Outcome::Superseded);
    const Error& why = expanded.error();
    if (why.code != Errc::Corrupt)
        return fail(
            Error(why.code, "%s: %s", env_.pool.name(store_).c_str(), why.detail).at_store(store_));
    view_.copy(store_).state = Copy::State::Damaged;
    put(cas);
}

void GuardedPut::fail(const Error& error) noexcept {
    error_ = error;
    end(Outcome::Failed);
}

void GuardedPut::fail_for_lack_of_time() noexcept {
    fail(Error(Errc::Skipped, "%s: no time was left to store the session there",
               env_.pool.name(store_).c_str()));
}

void GuardedPut::end(Outcome outcome) noexcept {
    outcome_ = outcome;
    // Looking was enough, so no packet has carried the unlock.
    if (unlock_) env_.pool.store(store_).release(view_.key(), *unlock_, deadline_, nullptr);
    unlock_.reset();
    listener_.on_put_done(*this);
}

}  // namespace sessmirror::replica
