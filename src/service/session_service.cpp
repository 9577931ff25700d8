// SPDX-License-Identifier: BSD-3-Clause
#include "service/session_service.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "pool/page_time.h"
#include "replica/settings_check.h"
#include "service/configured_stores.h"
#include "service/service_impl.h"
#include "store/engines.h"

namespace sessmirror::service {
namespace {

constexpr Duration kSafetyNet = milliseconds(2000);  // beyond every deadline of an operation
constexpr Duration kPatience = milliseconds(20);     // a live store answers well within, after work
constexpr int kOrphansPerSweep = 16;
constexpr Duration kFirstSettingsCheck = milliseconds(3'000);
constexpr Duration kSettingsInterval = milliseconds(60'000);

replica::Policy make_policy(const Options& options, std::uint64_t host_id) {
    replica::Policy policy;
    policy.redundancy = options.redundancy;
    policy.ack = options.ack;
    policy.locking = options.locking;
    policy.on_conflict = options.on_conflict;
    policy.freshness = options.freshness;
    policy.on_stale = options.on_stale;
    policy.hedges = options.hedge;
    policy.protected_keys = options.merge_protect;
    policy.lock_lease_s = options.lock_lease_s;
    policy.lock_wait = options.lock_wait;
    policy.lock_max_waiters = options.lock_max_waiters;
    policy.deadline = options.deadline;
    policy.origin = static_cast<std::uint16_t>(host_id);
    policy.has_secret = !options.secret.empty();
    policy.write_format = options.write_format;
    policy.compresses = options.compression == Compression::Zstd;
    policy.compress_from = options.compress_threshold_bytes;
    policy.max_session_bytes = options.max_session_bytes;
    return policy;
}

// Three copies are the default, also for those who list fewer stores; asking for more than that on
// purpose and listing too few stores is a mistake.
Status check_redundancy(int redundancy, std::size_t stores) noexcept {
    if (redundancy > Options::kDefaultRedundancy && static_cast<std::size_t>(redundancy) > stores)
        return Error(Errc::BadConfig,
                     "sessmirror.redundancy asks for %d copies, but only %zu stores are listed",
                     redundancy, stores);
    return kOk;
}

}  // namespace

SessionService::Impl::Impl(pool::HostPage& host_page)
    : page(host_page), resolver(loop), locks(page, loop, random) {}

SessionService::Impl::~Impl() {
    lingering.clear();
}

replica::Environment SessionService::Impl::environment(Deployment& deployment,
                                                       const replica::Policy& policy) noexcept {
    return {*deployment.pool, loop, random, locks, policy, compressor};
}

Result<std::shared_ptr<Deployment>> SessionService::Impl::deploy(const Options& options,
                                                                 std::string_view store_list) {
    const auto known = std::ranges::find_if(deployments, [&](const auto& deployment) {
        return deployment->store_list == store_list && deployment->options.are_same_as(options);
    });
    if (known != deployments.end()) {
        (*known)->options.reading = options.reading;
        deployments.splice(deployments.begin(), deployments, known);
        return deployments.front();
    }
    auto made = make_deployment(options, store_list);
    if (!made) return made.error();
    deployments.push_front(*made);
    // A pool takes its unanswered releases with it, and they would be waited for.
    if (deployments.size() > kMaxDeployments && releases.none()) deployments.pop_back();
    return deployments.front();
}

Result<std::shared_ptr<Deployment>> SessionService::Impl::make_deployment(
    const Options& options, std::string_view store_list) {
    if (const auto ok = store::check_key_prefix(options.key_prefix); !ok) return ok.error();
    auto specs = configured_stores(options, store_list);
    if (!specs) return specs.error();
    if (const auto ok = check_redundancy(options.redundancy, specs->size()); !ok) return ok.error();
    const std::vector<net::IpAddresses> addresses = resolve(options, *specs);
    const auto local =
        pool::find_local_store(options.local, *specs, addresses, net::interface_addresses());
    if (!local) return local.error();

    const migration::Surroundings around{loop,
                                         resolver,
                                         compressor,
                                         page,
                                         journal,
                                         {options.connect_timeout, options.io_timeout},
                                         options.max_session_bytes};
    auto old_places = migration::OldPlaces::make(options.import_from, around);
    if (!old_places) return old_places.error();
    auto exporter = migration::Exporter::make(options.export_to, around);
    if (!exporter) return exporter.error();

    auto deployment = std::make_shared<Deployment>(page, options.secret);
    deployment->old_places = std::move(*old_places);
    deployment->exporter = std::move(*exporter);
    const store::OpenContext context{
        loop, resolver, journal,
        store::RemoteDefaults{.connect_timeout = options.connect_timeout,
                              .io_timeout = options.io_timeout,
                              .polling = options.polling,
                              .max_payload = options.max_session_bytes,
                              .events = deployment.get()}};
    std::vector<int> twins = pool::find_twins(*specs, addresses);
    std::vector<pool::Pool::Member> members;
    for (auto& spec : *specs) {
        auto opened = store::open_store(spec, static_cast<int>(members.size()), context);
        if (!opened) return opened.error();
        deployment->inventories.push_back(std::move(opened->inventory));
        members.push_back({std::move(spec), std::move(opened->store)});
    }
    deployment->options = options;
    deployment->store_list = store_list;
    deployment->policy = make_policy(options, page.host_id.load(std::memory_order_relaxed));
    deployment->takeover_policy = deployment->policy;
    deployment->takeover_policy.on_conflict = OnConflict::Fail;
    const pool::PoolTerms terms{options.key_prefix, options.connect_timeout, options.io_timeout,
                                options.deadline, std::move(twins)};
    deployment->pool = std::make_unique<pool::Pool>(std::move(members), *local, page, loop, random,
                                                    journal, terms);
    deployment->pool->report_twins();
    return deployment;
}

// For what depends on where a store is. A list that says itself which store is the local one costs
// no question.
std::vector<net::IpAddresses> SessionService::Impl::resolve(
    const Options& options, std::span<const store::StoreSpec> specs) {
    std::vector<net::IpAddresses> addresses(specs.size());
    if (!equals_ignoring_case(options.local, "auto")) return addresses;
    std::vector<std::string_view> hosts;
    for (const auto& spec : specs)
        if (spec.has_address()) hosts.push_back(spec.host);
    auto found = resolver.resolve_blocking(hosts, loop.now() + net::Resolver::kPatience);
    for (std::size_t i = 0, next = 0; i < specs.size(); ++i)
        if (specs[i].has_address()) addresses[i] = std::move(found[next++]);
    return addresses;
}

Status SessionService::Impl::run(Deployment& deployment, replica::Operation& operation,
                                 TimePoint deadline) noexcept {
    operation.start(nullptr, deadline);
    const TimePoint limit = deadline + deployment.policy.lock_wait + kSafetyNet;
    // What lingers is awaited as well, and needed by nobody.
    const bool needs_all = operation.needs_every_answer() && lingering.empty();
    if (!loop.run_until(operation.done(), limit,
                        needs_all ? net::Answers::Every : net::Answers::Any)) {
        if (loop.now() < limit)
            return Error(Errc::OutOfMemory, "this process has no memory or descriptors left");
        return Error(Errc::Internal, "an operation did not end by its deadline");
    }
    if (operation.outcome()) deployment.proven = true;
    return operation.outcome();
}

std::unique_ptr<SessionWork> SessionService::Impl::take_work() {
    if (spare_work) return std::move(spare_work);
    return std::make_unique<SessionWork>();
}

// A large session's memory is not held on to.
void SessionService::Impl::keep_work(std::unique_ptr<SessionWork> work) noexcept {
    constexpr std::size_t kLarge = 64 * 1024;
    const bool is_large = work->view.memory() + work->payload.capacity() > kLarge;
    if (!is_large && !spare_work) spare_work = std::move(work);
}

void SessionService::Impl::linger(std::shared_ptr<Deployment> deployment,
                                  std::unique_ptr<SessionWork> work) {
    lingering.push_back({std::move(deployment), std::move(work)});
}

void SessionService::Impl::drop_finished_work() noexcept {
    lingering.remove_if([](const Lingering& entry) { return entry.work->write->is_idle(); });
}

// A copy that nobody waited for may take a further step, and the next page of another host may
// read it.
void SessionService::Impl::finish_lingering() noexcept {
    const TimePoint limit = loop.now() + kPatience;
    for (const Lingering& entry : lingering) loop.run_until(entry.work->write->is_idle(), limit);
    drop_finished_work();
}

void SessionService::Impl::break_orphaned_locks() noexcept {
    pool::LockRegistry::Orphan orphan;
    for (int i = 0;
         i < kOrphansPerSweep && locks.next_orphan(orphan, current().pool->name_hashes()); ++i) {
        const int store = current().pool->index_of(orphan.store_name_hash);
        if (store >= 0 && !current().pool->is_up(store)) {
            locks.abandon(orphan.ticket);  // the lock may be there again with the store
            continue;
        }
        if (store < 0) {
            locks.leave(orphan.ticket);
            continue;
        }
        current().pool->count(pool::Counter::LocksBroken);
        releases.start(*current().pool, store, orphan.key, {orphan.owner, 0}, orphan.ticket,
                       loop.now() + current().policy.deadline);
    }
}

void SessionService::Impl::probe_due_store() noexcept {
    if (!current().pool->probe_one_due(loop.now() + current().policy.deadline)) return;
    const bool never = false;
    loop.run_until(never, loop.now() + kPatience);
}

// Once per interval and host: whoever moves the time on has the turn. The first turn comes a little
// after the first session, so that a script that runs once sends nothing for it.
void SessionService::Impl::compare_settings() noexcept {
    const TimePoint now = loop.now();
    auto due = page.next_settings_check_ns.load(std::memory_order_relaxed);
    const bool is_first = due == 0;
    const TimePoint next = now + (is_first ? kFirstSettingsCheck : kSettingsInterval);
    if (!pool::has_come(due, now, kSettingsInterval) ||
        !page.next_settings_check_ns.compare_exchange_strong(due,
                                                             next.time_since_epoch().count()) ||
        is_first)
        return;
    replica::SettingsCheck check(
        environment(current()), settings_key(current().options),
        replica::describe_settings(*current().pool, current().options.redundancy,
                                   current().options.secret));
    (void)run(current(), check, loop.now() + current().policy.deadline);
}

// A second connection means that the first was lost, and with it, maybe, what the store knew.
void Deployment::on_store_connected(int store, const store::Reconnection& since) noexcept {
    page.count(pool::Counter::Connections);
    if (connected & replica::store_bit(store)) pool->health(store).note_reconnection(since);
    connected |= replica::store_bit(store);
}

namespace {

std::string refill_trouble(const Deployment& deployment, int store) {
    if (!deployment.whole_refill) return {};
    const auto& outcomes = deployment.whole_refill->outcomes();
    const auto index = static_cast<std::size_t>(store);
    return index < outcomes.size() && !outcomes[index] ? outcomes[index].error().detail : "";
}

}  // namespace

void Deployment::on_store_protocol_error(int) noexcept {
    page.count(pool::Counter::ProtocolErrors);
}

SessionService::SessionService(pool::HostPage& page) : impl_(std::make_unique<Impl>(page)) {}
SessionService::~SessionService() = default;

Result<std::unique_ptr<Session>> SessionService::open(const Options& options,
                                                      std::string_view stores) {
    auto deployment = impl_->deploy(options, stores);
    if (!deployment) return deployment.error();
    (*deployment)->pool->keep_slots();
    impl_->drop_finished_work();
    return std::unique_ptr<Session>(
        new Session(std::make_unique<Session::Impl>(*impl_, *deployment)));
}

void SessionService::between_sessions() noexcept {
    constexpr auto kPeriod = std::chrono::seconds(1);
    if (impl_->loop.now() - impl_->looked_after >= kPeriod) after_response();
}

void SessionService::after_response() noexcept {
    impl_->looked_after = impl_->loop.now();
    if (impl_->deployments.empty() || !impl_->reserve.fill()) return;
    impl_->break_orphaned_locks();
    impl_->finish_lingering();
    for (const auto& deployment : impl_->deployments) deployment->pool->flush();
    // The next request of this worker may be far away.
    impl_->loop.run_until(impl_->releases.none(), impl_->loop.now() + kPatience);
    impl_->probe_due_store();
    impl_->compare_settings();
    impl_->refill();
}

void SessionService::begin_refill() {
    impl_->begin_whole_refill();
}

SessionService::RefillProgress SessionService::continue_refill(Duration time) {
    if (!impl_->reserve.fill()) return {true, 0};
    return impl_->continue_whole_refill(time);
}

Journal& SessionService::journal() noexcept {
    return impl_->journal;
}

std::vector<SessionService::StoreStatus> SessionService::stores() const {
    std::vector<StoreStatus> out;
    if (impl_->deployments.empty()) return out;
    pool::Pool& pool = *impl_->current().pool;
    for (int i = 0; i < pool.size(); ++i) {
        const pool::StoreSlot& slot = pool.health(i).slot();
        const pool::HoldingsSlot& holdings = pool.health(i).holdings();
        StoreStatus status;
        status.name = pool.name(i);
        status.is_local = pool.local() == i;
        status.is_up = pool.is_up(i);
        status.is_disproved = pool.health(i).is_disproved();
        status.is_filling = pool.is_filling(i) && !status.is_disproved;
        status.is_unchecked = !pool.health(i).is_looked_at();
        status.is_behind = pool.health(i).comparison_due() != 0;
        status.refill_seen = holdings.refill_seen.load(std::memory_order_relaxed);
        status.refill_copied = holdings.refill_copied.load(std::memory_order_relaxed);
        status.refill_listed = holdings.refill_listed.load(std::memory_order_relaxed);
        status.refill_trouble = refill_trouble(impl_->current(), i);
        if (const int twin = pool.twin_of(i); twin != pool::kNoTwin)
            status.same_server_as = pool.name(twin);
        status.weight = pool.spec(i).weight;
        status.down_for_s = std::chrono::duration<double>(pool.health(i).down_for()).count();
        status.latency_us = slot.latency_us.load(std::memory_order_relaxed);
        status.requests = slot.requests.load(std::memory_order_relaxed);
        status.errors = slot.errors.load(std::memory_order_relaxed);
        out.push_back(std::move(status));
    }
    return out;
}

}  // namespace sessmirror::service
