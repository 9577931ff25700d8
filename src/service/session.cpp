// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <utility>

#include "base/fork_guard.h"
#include "replica/alive_check.h"
#include "replica/local_first_read.h"
#include "replica/locked_read.h"
#include "replica/touch_all.h"
#include "service/service_impl.h"
#include "store/session_key.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLongestLifetime = 30 * 24 * 3600;  // memcached takes more for a date

std::uint32_t clamp_lifetime(std::int64_t seconds) noexcept {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, kLongestLifetime));
}

}  // namespace

Session::Impl::Impl(SessionService::Impl& owner, std::shared_ptr<Deployment> with)
    : service(owner),
      deployment(std::move(with)),
      work(std::make_unique<SessionWork>()),
      fork_generation(sessmirror::fork_generation()) {}

void Session::Impl::select(std::string_view id, std::int64_t lifetime) {
    lifetime_s = clamp_lifetime(lifetime);
    if (selected && current_id == id) return forget_parents_lock();
    let_go();
    const Options& options = deployment->options;
    view().reset(*deployment->pool, store::derive_key(options.key_prefix, options.secret, id),
                 options.redundancy);
    current_id = id;
    selected = true;
}

// A lock belongs to the process that took it: a child forked in the middle of a script neither
// releases its parent's lock nor writes under it. Compare-and-set still guards what it writes.
void Session::Impl::forget_parents_lock() noexcept {
    if (fork_generation == sessmirror::fork_generation()) return;
    fork_generation = sessmirror::fork_generation();
    view().lock = {};
}

Status Session::Impl::load(std::string_view id, std::int64_t lifetime) {
    select(id, lifetime);
    if (loaded) return kOk;
    if (created_id == id) return load_created();
    const auto env = service.environment(*deployment);
    Status outcome = kOk;
    if (deployment->policy.locking == Locking::On) {
        replica::LockedRead read(env, view());
        outcome = service.run(*deployment, read);
    } else {
        replica::LocalFirstRead read(env, view());
        outcome = service.run(*deployment, read);
    }
    if (!outcome) return outcome;
    loaded = true;
    deployment->pool->count(pool::Counter::Reads);
    if (!view().is_alive()) deployment->pool->count(pool::Counter::Misses);
    return kOk;
}

// Nobody else can know an id drawn in this request: no read, no lock. Only a worker that has never
// heard from a store asks whether there is one.
Status Session::Impl::load_created() {
    const bool likely_up =
        deployment->pool->is_up(view().set().home(*deployment->pool)) && deployment->proven;
    if (!likely_up) {
        replica::AliveCheck check(service.environment(*deployment), view());
        if (const auto alive = service.run(*deployment, check); !alive) return alive;
    }
    view().assume_absent();
    loaded = true;
    return kOk;
}

Status Session::Impl::store(replica::MirroredWrite::Kind kind, ByteView payload,
                            std::uint32_t ttl_s, record::Serialization form) {
    const bool may_linger = deployment->policy.ack != Ack::All;
    if (may_linger) {
        work->payload.assign(payload.begin(), payload.end());
        payload = work->payload;
    }
    work->write.emplace(service.environment(*deployment), view(), kind, payload, ttl_s,
                        created_id == current_id, form);
    const Status outcome = service.run(*deployment, *work->write);
    loaded = false;
    settled = true;
    created_id.clear();
    return outcome;
}

Status Session::Impl::touch_if_due() {
    settled = true;
    for (const int store : view().set().members()) {
        const replica::Copy& copy = view().copy(store);
        if (copy.state != replica::Copy::State::Present) continue;
        if (!replica::TouchAll::is_due(copy.ttl_left_s, lifetime_s)) continue;
        replica::TouchAll touch(service.environment(*deployment), view(), lifetime_s);
        return service.run(*deployment, touch);
    }
    return kOk;
}

void Session::Impl::let_go() noexcept {
    forget_parents_lock();
    if (!selected) return;
    if (loaded && !settled && view().is_alive()) (void)touch_if_due();
    if (view().lock.held()) {
        const auto& lock = view().lock;
        deployment->pool->store(lock.store)
            .release(view().key(), lock.lock, service.loop.now() + deployment->policy.deadline,
                     &service.releases);
        service.releases.add();
        service.locks.leave(lock.ticket);
        view().lock = {};
    }
    if (work->write && !work->write->is_idle()) {
        service.linger(deployment, std::move(work));
        work = std::make_unique<SessionWork>();
    }
    work->write.reset();
    selected = loaded = settled = false;
}

Session::Session(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

Session::~Session() {
    close();
}

Result<Loaded> Session::read(std::string_view id, std::int64_t lifetime_s) {
    if (const auto outcome = impl_->load(id, lifetime_s); !outcome) return outcome.error();
    const auto& view = impl_->view();
    if (!view.is_alive()) return Loaded{};
    return Loaded{true, view.newest().payload};
}

Result<bool> Session::exists(std::string_view id, std::int64_t lifetime_s) {
    if (impl_->created_id == id) return false;
    if (const auto outcome = impl_->load(id, lifetime_s); !outcome) return outcome.error();
    if (impl_->view().is_alive()) return true;
    impl_->let_go();
    return false;
}

void Session::created(std::string_view id) {
    impl_->created_id = id;
}

Status Session::write(std::string_view id, ByteView payload, std::int64_t lifetime_s,
                      record::Serialization form) {
    impl_->select(id, lifetime_s);
    if (!impl_->loaded)
        return Error(Errc::Internal, "the session was not read before it was written");
    const auto& view = impl_->view();
    const bool unchanged = view.is_alive() && std::ranges::equal(payload, view.newest().payload);
    if (unchanged) return impl_->touch_if_due();
    return impl_->store(replica::MirroredWrite::Kind::Payload, payload, impl_->lifetime_s, form);
}

Status Session::touch(std::string_view id, std::int64_t lifetime_s) {
    impl_->select(id, lifetime_s);
    if (!impl_->loaded) return Error(Errc::Internal, "the session was not read before it was used");
    // Unchanged since a read that found nothing: an empty session, which has to exist from now on.
    if (!impl_->view().is_alive())
        return impl_->store(replica::MirroredWrite::Kind::Payload, {}, impl_->lifetime_s);
    return impl_->touch_if_due();
}

Status Session::destroy(std::string_view id, std::int64_t lifetime_s) {
    if (const auto outcome = impl_->load(id, lifetime_s); !outcome) return outcome;
    if (!impl_->view().is_alive()) return kOk;
    // A tombstone outlives every copy that a store which missed it may still hold, and every lease.
    constexpr std::uint32_t kMargin = 60;
    return impl_->store(replica::MirroredWrite::Kind::Tombstone, {},
                        impl_->lifetime_s + impl_->deployment->policy.lock_lease_s + kMargin);
}

void Session::close() noexcept {
    impl_->let_go();
    impl_->created_id.clear();
}

}  // namespace sessmirror::service
