// SPDX-License-Identifier: BSD-3-Clause
//
// Sessions that another handler has stored, when the site moves here, and those that web servers
// which have not moved yet use at the same time. docs/migration.md has the rules.
#include <utility>

#include "base/allocation.h"
#include "migration/exporter.h"
#include "migration/old_places.h"
#include "service/service_impl.h"

namespace sessmirror::service {

using migration::Exporter;

// Under the lock, or else by compare-and-set, so that of two requests one takes the session over:
// the other reads what that one has stored.
Status Session::Impl::take_over(Ended ended) {
    // What the client has seen here is newer than whatever is there, as far as anybody knows.
    const bool may_be_older = view().has_token();
    const OnStale on_stale = deployment->policy.on_stale;
    const bool is_older_served = on_stale == OnStale::Serve || on_stale == OnStale::Renew;
    if (view().has_ended() || (may_be_older && !is_older_served)) return kOk;

    auto found = within_call([this](TimePoint deadline) {
        return deployment->old_places->find(work->id, lifetime_s, held(), deadline);
    });
    if (!found) return found.error();
    if (!*found) return kOk;
    const bool is_known_stale = view().is_stale;
    const Status stored = store_found((*found)->content, (*found)->lifetime_s);
    if (stored && view().is_alive() && may_be_older && !is_known_stale)
        service.page.count(pool::Counter::StaleReads);
    if (!stored && stored.error().code == Errc::TooLarge) {
        deployment->old_places->note_refused(stored.error());
        return kOk;
    }
    const bool is_late = !stored && stored.error().code == Errc::Conflict;
    return is_late ? read_again(ended) : stored;
}

Status Session::Impl::store_found(ByteView content, std::uint32_t ttl_s) {
    const Status stored =
        store(replica::MirroredWrite::Kind::Payload, content, ttl_s, record::Serialization::Opaque,
              Lock::Keep, deployment->takeover_policy);
    settled = false;
    if (!stored) return stored;
    view().adopt(work->write->written(), work->write->written_payload());
    if (!view().is_alive()) return stored;
    service.page.count(pool::Counter::Imported);
    service.page.last_import_unix.store(service.loop.unix_seconds(), std::memory_order_relaxed);
    return stored;
}

Status Session::Impl::read_again(Ended ended) {
    give_back(view().lock);
    give_back(view().guard_lock);
    const store::SessionKey key = view().key();
    look_at(key);
    if (const auto sent = tokens.judge(key)) view().expect(*sent);
    return read_stores(ended);
}

// The lock here comes first on every host, so nobody who waits for the old one holds it.
Status Session::Impl::follow_old_hosts(Ended ended) {
    if (const Status locked = lock_old(); !locked) return locked;
    if (!view().is_alive()) return kOk;
    auto news = within_call([this](TimePoint deadline) {
        return deployment->exporter->look(work->id, view().content(), lifetime_s, held(), deadline);
    });
    return take_news(news, ended);
}

// Waiting for another page is not charged to the call.
Status Session::Impl::lock_old() {
    const replica::Policy& policy = deployment->policy;
    if (policy.locking != Locking::On || !old_locks.empty()) return kOk;
    auto locks = deployment->exporter->lock(work->id, policy.lock_lease_s,
                                            service.loop.now() + policy.lock_wait);
    if (!locks) return locks.error();
    old_locks = std::move(*locks);
    return kOk;
}

void Session::Impl::unlock_old() noexcept {
    const Exporter::Locks locks = std::exchange(old_locks, {});
    const TimePoint deadline = service.loop.now() + deployment->policy.deadline;
    (void)try_to_allocate([&] { deployment->exporter->unlock(work->id, locks, deadline); });
}

Status Session::Impl::take_news(Exporter::News& news, Ended ended) {
    if (news.content) {
        const Status stored = store_found(*news.content, lifetime_s);
        const bool is_late = !stored && stored.error().code == Errc::Conflict;
        return is_late ? read_again(ended) : stored;
    }
    if (!news.has_ended) return kOk;
    const Status stored = store_tombstone(Lock::Keep);
    settled = false;
    if (!stored) return stored;
    erase_old();
    view().adopt(work->write->written(), {});
    return stored;
}

void Session::Impl::export_stored() {
    const auto& write = *work->write;
    if (write.written().is_tombstone()) return;
    within_call([&](TimePoint deadline) {
        deployment->exporter->write(work->id, write.written_payload(), lifetime_s, held(),
                                    deadline);
        return true;
    });
}

void Session::Impl::touch_old() {
    within_call([this](TimePoint deadline) {
        deployment->exporter->touch(work->id, view().content(), lifetime_s, held(), deadline);
        return true;
    });
}

// A log-out is one there, too: as soon as nothing here knows of it any more, the session would be
// taken over again.
void Session::Impl::erase_old() {
    within_call([this](TimePoint deadline) {
        if (deployment->old_places) deployment->old_places->erase(work->id, deadline);
        if (deployment->exporter) deployment->exporter->erase(work->id, deadline);
        return true;
    });
}

}  // namespace sessmirror::service
