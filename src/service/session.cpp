// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <utility>

#include "base/allocation.h"
#include "base/fork_guard.h"
#include "pool/lock_holds.h"
#include "replica/alive_check.h"
#include "replica/local_first_read.h"
#include "replica/locked_read.h"
#include "replica/second_opinion.h"
#include "service/service_impl.h"
#include "store/lifetime.h"
#include "store/session_key.h"

namespace sessmirror::service {
namespace {

using TokenKind = replica::FreshnessToken::Kind;

std::uint32_t clamp_lifetime(std::int64_t seconds) noexcept {
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(seconds, 1, store::kLongestLifetime));
}

Error out_of_memory() noexcept {
    return Error(Errc::OutOfMemory, "the process could not allocate memory");
}

}  // namespace

Error out_of_time() noexcept {
    return Error(Errc::Skipped, "no time was left of sessmirror.deadline_ms");
}

Session::Impl::Impl(SessionService::Impl& owner, std::shared_ptr<Deployment> with)
    : service(owner),
      deployment(std::move(with)),
      work(owner.take_work()),
      tokens(deployment->token_seal, deployment->policy.freshness == Freshness::Token),
      fork_generation(sessmirror::fork_generation()) {}

void Session::Impl::select(std::string_view id, std::int64_t lifetime) {
    lifetime_s = clamp_lifetime(lifetime);
    if (selected && work->id == id) return forget_parents_lock();
    let_go();
    const Options& options = deployment->options;
    look_at(store::derive_key(options.key_prefix, options.secret, id));
    if (const auto sent = tokens.judge(view().key())) view().expect(*sent);
    work->id = id;
    selected = true;
}

void Session::Impl::look_at(const store::SessionKey& key) noexcept {
    const Options& options = deployment->options;
    view().reset(*deployment->pool, key, options.redundancy);
    view().read_with(service.compressor, options.max_session_bytes);
}

// Of what was read without a lock somebody else may have stored a newer version since, but nobody
// may give an older one now.
void Session::Impl::forget_what_was_read() noexcept {
    if (!loaded || view().lock.held()) return;
    const replica::FreshnessToken seen{view().seen()};
    const store::SessionKey key = view().key();
    look_at(key);
    const auto sent = tokens.judge(key);
    if (sent && !(sent->version < seen.version))
        view().expect(*sent);
    else if (tokens.are_in_use() && !seen.version.is_none())
        view().expect(seen);
    loaded = false;
}

// A lock belongs to the process that took it: a child forked in the middle of a script neither
// releases its parent's lock nor writes under it. Compare-and-set still guards what it writes.
void Session::Impl::forget_parents_lock() noexcept {
    if (fork_generation == sessmirror::fork_generation()) return;
    fork_generation = sessmirror::fork_generation();
    view().lock = view().guard_lock = {};
    old_locks.clear();
}

void Session::Impl::begin_call() noexcept {
    time_left = deployment->policy.deadline;
    is_starting = false;
}

Status Session::Impl::run(replica::Operation& operation) noexcept {
    if (!has_time()) return out_of_time();
    if (!service.reserve.fill()) return out_of_memory();
    const Status outcome = service.run(*deployment, operation, service.loop.now() + time_left);
    time_left = operation.deadline() - service.loop.now();
    return outcome;
}

Status Session::Impl::load(std::string_view id, std::int64_t lifetime, Ended ended) {
    select(id, lifetime);
    if (loaded) return kOk;
    if (created_id == id) return load_created();
    const Status read = read_stores(ended);
    if (!read) return read;
    if (deployment->exporter)
        if (const Status followed = follow_old_hosts(ended); !followed) return followed;
    if (!view().is_found() && deployment->old_places)
        if (const Status taken = take_over(ended); !taken) return taken;
    loaded = true;
    deployment->pool->count(pool::Counter::Reads);
    if (!view().is_alive()) deployment->pool->count(pool::Counter::Misses);
    if (view().is_alive() && tokens.is_expected() && !view().has_token())
        deployment->pool->count(pool::Counter::ReadsWithoutToken);
    if (view().is_news()) tokens.tell({view().version()}, view().key());
    return kOk;
}

Status Session::Impl::read_stores(Ended ended) {
    const auto env = service.environment(*deployment);
    if (deployment->policy.locking != Locking::On) {
        replica::LocalFirstRead read(env, view());
        return run(read);
    }
    replica::LockedRead read(env, view());
    if (ended == Ended::Keep) read.look_while_waiting();
    const Status outcome = run(read);
    has_ended_in_line =
        ended == Ended::Keep && read.has_waited() && view().is_found() && !view().is_alive();
    return outcome;
}

// Nobody else can know an id drawn in this request: no read, no lock. Only a worker that has never
// heard from a store asks whether there is one.
Status Session::Impl::load_created() {
    const bool likely_up =
        deployment->pool->is_up(view().set().home(*deployment->pool)) && deployment->proven;
    if (!likely_up) {
        replica::AliveCheck check(service.environment(*deployment), view());
        if (const auto alive = run(check); !alive) return alive;
    }
    view().assume_absent();
    loaded = true;
    return kOk;
}

void Session::Impl::give_back(replica::LockHold& hold) noexcept {
    if (!hold.held()) return;
    const TimePoint now = service.loop.now();
    hold.note_work(pool::LockHolds(deployment->page), now);
    const replica::LockHold held = std::exchange(hold, {});
    if (service.reserve.fill())
        service.releases.start(*deployment->pool, held.store, view().key(), held.lock, held.ticket,
                               now + deployment->policy.deadline);
    else
        service.locks.abandon(held.ticket);
}

void Session::Impl::let_go() noexcept {
    forget_parents_lock();
    if (!selected) return;
    const bool is_done = try_to_allocate([this] {
        (void)roll_back();
        if (loaded && !settled && view().is_alive()) (void)touch_if_due();
    });
    if (!is_done) undo.reset();
    give_back(view().lock);
    give_back(view().guard_lock);
    if (!old_locks.empty()) unlock_old();
    if (work->write && !work->write->is_idle()) {
        service.linger(deployment, std::move(work));
        work = service.take_work();
    }
    work->write.reset();
    committed.reset();
    selected = loaded = settled = is_entombed = has_ended_in_line = false;
}

Session::Session(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

Session::~Session() {
    close();
}

Result<Loaded> Session::read(std::string_view id, std::int64_t lifetime_s) {
    impl_->begin_start();
    impl_->is_starting = false;
    if (const auto outcome = impl_->load(id, lifetime_s); !outcome) return outcome.error();
    const auto& view = impl_->view();
    if (impl_->has_ended_in_line) return Loaded{true, view.content_before_end()};
    if (!view.is_alive()) return Loaded{};
    return Loaded{true, view.content()};
}

Result<bool> Session::exists(std::string_view id, std::int64_t lifetime_s) {
    if (impl_->created_id == id) return false;
    impl_->begin_start();
    impl_->is_starting = true;
    if (const auto outcome = impl_->load(id, lifetime_s, Impl::Ended::Keep); !outcome)
        return outcome.error();
    // The client knows the id that took its place, or that it was logged out, from that request.
    if (impl_->has_ended_in_line) impl_->is_entombed = true;
    if (impl_->view().is_alive() || impl_->is_entombed) return true;
    impl_->let_go();
    return false;
}

void Session::set_token(std::string_view text, bool is_expected) {
    impl_->tokens.receive(text, is_expected);
}

std::optional<TokenDraft> Session::token() const noexcept {
    return impl_->tokens.in_force();
}

bool Session::has_new_token() const noexcept {
    return impl_->tokens.has_news();
}

bool Session::tells_a_change() const noexcept {
    return impl_->tokens.tells_a_change();
}

void Session::created(std::string_view id) {
    impl_->created_id = id;
}

Status Session::publish() {
    impl_->begin_call();
    return impl_->publish();
}

Status Session::write(std::string_view id, ByteView payload, std::int64_t lifetime_s,
                      record::Serialization form) {
    impl_->begin_call();
    impl_->select(id, lifetime_s);
    if (!impl_->loaded)
        return Error(Errc::Internal, "the session was not read before it was written");
    impl_->undo.reset();
    if (impl_->is_entombed) return kOk;
    const ByteView all = impl_->with_others_changes(payload, form);
    return impl_->is_stored_already(all) ? impl_->touch_if_due() : impl_->store_payload(all, form);
}

Status Session::commit(std::string_view id, ByteView payload, std::int64_t lifetime_s,
                       record::Serialization form) {
    impl_->begin_call();
    impl_->select(id, lifetime_s);
    if (!impl_->loaded)
        return Error(Errc::Internal, "the session was not read before it was written");
    if (impl_->is_entombed || impl_->is_stored_already(payload)) return kOk;
    const ByteView before = impl_->view().content();
    if (!impl_->undo)
        impl_->undo = Impl::Undo{impl_->view().is_alive(), Bytes(before.begin(), before.end())};
    const Status stored = impl_->store_payload(payload, form, Impl::Lock::Keep);
    impl_->loaded = true;
    if (!stored) return stored;
    const auto& write = *impl_->work->write;
    impl_->view().adopt(write.written(), write.written_payload());
    impl_->is_entombed = write.written().is_tombstone();
    if (impl_->is_entombed)
        impl_->undo.reset();
    else if (!std::ranges::equal(payload, impl_->view().content()))
        impl_->committed.emplace(payload.begin(), payload.end());
    return stored;
}

void Session::leave_token_open() noexcept {
    if (impl_->loaded)
        impl_->tokens.tell({impl_->view().seen(), TokenKind::Open}, impl_->view().key());
    else
        impl_->tokens.open_news();
}

bool Session::is_unchanged() const noexcept {
    return impl_->loaded && impl_->view().is_alive() && !tells_a_change();
}

Status Session::reset() {
    impl_->begin_call();
    const Status undone = impl_->roll_back();
    if (undone) impl_->forget_what_was_read();
    return undone;
}

Status Session::touch(std::string_view id, std::int64_t lifetime_s) {
    impl_->begin_call();
    impl_->select(id, lifetime_s);
    if (!impl_->loaded) return Error(Errc::Internal, "the session was not read before it was used");
    impl_->undo.reset();
    if (impl_->is_entombed) return kOk;
    // Unchanged since a read that found nothing: an empty session, which has to exist from now on.
    if (!impl_->view().is_alive()) return impl_->store_payload({}, record::Serialization::Opaque);
    return impl_->touch_if_due();
}

Status Session::destroy(std::string_view id, std::int64_t lifetime_s) {
    impl_->begin_call();
    if (const auto outcome = impl_->load(id, lifetime_s); !outcome) return outcome;
    impl_->undo.reset();
    if (!impl_->view().is_alive()) return kOk;
    const Status ended = impl_->store_tombstone();
    if (ended) impl_->erase_old();
    return ended;
}

Status Session::destroy_undecodable(std::string_view id, std::int64_t lifetime_s) {
    impl_->begin_call();
    if (const auto outcome = impl_->load(id, lifetime_s); !outcome) return outcome;
    if (!impl_->view().is_alive()) return kOk;
    replica::SecondOpinion opinion(impl_->service.environment(*impl_->deployment), impl_->view());
    if (const auto asked = impl_->run(opinion); !asked) return asked;
    return opinion.is_found() ? impl_->replace_by(opinion.content()) : impl_->store_tombstone();
}

void Session::close() noexcept {
    impl_->begin_call();
    impl_->let_go();
    impl_->created_id.clear();
}

}  // namespace sessmirror::service
