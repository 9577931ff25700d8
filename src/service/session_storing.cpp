// SPDX-License-Identifier: BSD-3-Clause
//
// What a session stores, and how it takes that back.
#include <utility>

#include "replica/locked_read.h"
#include "replica/touch_all.h"
#include "service/service_impl.h"
#include "store/lifetime.h"

namespace sessmirror::service {

using TokenKind = replica::FreshnessToken::Kind;

// Locked before anybody can ask for it, so that nobody has to be waited for.
Status Session::Impl::publish() {
    if (!selected || created_id != work->id) return kOk;
    created_id.clear();
    if (!loaded || deployment->policy.locking != Locking::On) return kOk;
    replica::LockedRead read(service.environment(*deployment), view());
    return run(read);
}

Status Session::Impl::store(replica::MirroredWrite::Kind kind, ByteView payload,
                            std::uint32_t ttl_s, record::Serialization form, Lock lock,
                            const replica::Policy& policy) {
    if (view().is_stale && deployment->policy.on_stale == OnStale::ReadOnly)
        return Error(Errc::Stale,
                     "the session cannot be changed while its newest version is out of reach");
    if (!has_time()) return out_of_time();
    const bool may_linger = deployment->policy.ack != Ack::All;
    if (may_linger) {
        work->payload.assign(payload.begin(), payload.end());
        payload = work->payload;
    }
    work->write.emplace(service.environment(*deployment, policy), view(), kind, payload, ttl_s,
                        created_id == work->id, form);
    if (lock == Lock::Keep) work->write->keep_lock();
    const Status outcome = run(*work->write);
    if (!may_linger) work->write->let_payload_go();
    if (const auto version = work->write->version_to_tell(); !version.is_none())
        tokens.tell_change(
            {version, outcome && work->write->written().is_tombstone() ? TokenKind::Ended
                                                                       : TokenKind::Exact},
            view().key());
    loaded = false;
    settled = true;
    created_id.clear();
    if (outcome && deployment->exporter) export_stored();
    return outcome;
}

Status Session::Impl::store_payload(ByteView payload, record::Serialization form, Lock lock) {
    return store(replica::MirroredWrite::Kind::Payload, payload, lifetime_s, form, lock);
}

Status Session::Impl::store_tombstone(Lock lock) {
    return store(replica::MirroredWrite::Kind::Tombstone, {}, lifetime_s,
                 record::Serialization::Opaque, lock);
}

// What PHP cannot decode is on these stores, and what it can on another.
Status Session::Impl::replace_by(ByteView content) {
    pool::Pool& pool = *deployment->pool;
    Error why(Errc::Corrupt, "PHP cannot decode the copy");
    for (const int store : view().set().members()) {
        if (!view().has_newest(store)) continue;
        why.append(" on %s", pool.name(store).c_str());
        pool.count(pool::Counter::CorruptCopies);
        if (pool.health(store).disprove())
            pool.journal().add(Severity::Warning,
                               "store %s told a session that PHP cannot decode, and another store "
                               "has it: for a minute it is asked last",
                               pool.name(store).c_str());
    }
    const Status stored = store_payload(content, record::Serialization::Opaque);
    if (!stored) return stored;
    why.append("; another store's has taken its place");
    return why;
}

// Copies live as long as the page wants that touched them last, and a tombstone has to know the
// longest: so a page that wants more than any before it writes.
bool Session::Impl::wants_longest_lifetime() noexcept {
    const record::Envelope& newest = view().newest().envelope;
    return newest.format != record::Format::First && lifetime_s > newest.lifetime_s;
}

bool Session::Impl::is_stored_already(ByteView payload) noexcept {
    return view().is_alive() && std::ranges::equal(payload, view().content());
}

// What a commit stored may hold another request's changes as well, of which PHP knows nothing.
ByteView Session::Impl::with_others_changes(ByteView payload, record::Serialization form) {
    if (!committed) return payload;
    auto merge =
        record::three_way_merge(form, as_text(*committed), as_text(payload),
                                as_text(view().content()), deployment->policy.protected_keys);
    if (merge.outcome != record::Merge::Outcome::Merged) return payload;
    merged = std::move(merge.payload);
    return as_bytes(merged);
}

Status Session::Impl::roll_back() {
    if (!undo) return kOk;
    const Undo before = *std::exchange(undo, std::nullopt);
    const Status undone =
        before.existed ? store_payload(before.payload, record::Serialization::Opaque, Lock::Keep)
                       : store_tombstone(Lock::Keep);
    committed.reset();
    if (undone) view().adopt(work->write->written(), work->write->written_payload());
    loaded = undone.has_value();
    return undone;
}

Status Session::Impl::touch_if_due() {
    settled = true;
    if (wants_longest_lifetime())
        return store_payload(view().content(), record::Serialization::Opaque);
    for (const int store : view().set().members()) {
        const replica::Copy& copy = view().copy(store);
        if (copy.state != replica::Copy::State::Present) continue;
        if (!replica::TouchAll::is_due(copy.ttl_left_s, lifetime_s)) continue;
        if (deployment->exporter) touch_old();
        replica::TouchAll touch(service.environment(*deployment), view(), lifetime_s);
        return run(touch);
    }
    return kOk;
}

}  // namespace sessmirror::service
