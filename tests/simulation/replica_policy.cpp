// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/replica_policy.h"

#include <utility>

#include "pool/lock_holds.h"
#include "replica/alive_check.h"
#include "replica/local_first_read.h"
#include "replica/locked_read.h"
#include "replica/settings_check.h"
#include "replica/touch_all.h"
#include "simulation/witness.h"

namespace sessmirror::simulation {
namespace {

constexpr std::uint32_t kTombstoneMarginS = 60;
constexpr int kOrphansPerSweep = 16;
constexpr Duration kRefillSlice = milliseconds(1);  // as long as a worker is busy after a response

replica::Refill::Scope scope_of(Worker& worker, const replica::Policy& policy) {
    replica::Refill::Scope scope;
    scope.prefix = kKeyPrefix;
    scope.ready_key = store::derive_key(kKeyPrefix, "", "ready");
    scope.settings_key = store::derive_key(kKeyPrefix, "", "settings");
    scope.settings = replica::describe_settings(*worker.pool, policy.redundancy, "");
    scope.inventories = worker.inventories;
    return scope;
}

}  // namespace

ReplicaPolicy::ReplicaPolicy(Worker& worker, const replica::Policy& policy, const Habits& habits)
    : worker_(worker), policy_(policy), habits_(habits), refilling_(scope_of(worker, policy)) {
    policy_.compresses = habits.compresses && worker.host_index % 2 == 1;
    policy_.compress_from = 0;
}

replica::Environment ReplicaPolicy::environment() noexcept {
    return {*worker_.pool, worker_.process, worker_.process.random(),
            worker_.locks, policy_,         compressor_};
}

void ReplicaPolicy::start(std::unique_ptr<replica::Operation> operation) {
    operation_ = std::move(operation);
    operation_->start(this);
}

void ReplicaPolicy::read(const store::SessionKey& key, bool created, PolicyListener& listener) {
    listener_ = &listener;
    reading_ = true;
    created_ = created;
    replica::SessionView& view = work_->view;
    view.reset(*worker_.pool, key, policy_.redundancy);
    view.read_with(compressor_, policy_.max_session_bytes);
    if (token_ && policy_.freshness == replica::Freshness::Token) view.expect(*token_);
    news_.reset();
    const auto env = environment();
    if (!created) {
        if (policy_.locking == replica::Locking::On)
            return start(std::make_unique<replica::LockedRead>(env, view));
        return start(std::make_unique<replica::LocalFirstRead>(env, view));
    }
    if (proven_ && worker_.pool->is_up(view.set().home(*worker_.pool))) {
        worker_.process.post(Duration::zero(), [this] { finish_read(kOk); });
        return;
    }
    start(std::make_unique<replica::AliveCheck>(env, view));
}

void ReplicaPolicy::on_done() noexcept {
    const Status outcome = operation_ ? operation_->outcome() : work_->write->outcome();
    proven_ |= outcome.has_value();
    // Later, since the caller of an operation may be inside start().
    worker_.process.post(Duration::zero(), [this, outcome, reading = reading_] {
        reading ? finish_read(outcome) : finish_store(outcome);
    });
}

void ReplicaPolicy::finish_read(Status outcome) {
    reading_ = false;
    operation_.reset();
    replica::SessionView& view = work_->view;
    if (created_ && outcome) view.assume_absent();
    if (outcome && view.is_news()) news_ = replica::FreshnessToken{view.version()};
    ReadResult result;
    result.outcome = outcome;
    if (outcome) {
        result.found = view.is_alive();
        result.version = view.version();
        if (result.found) result.payload.assign(view.content().begin(), view.content().end());
        result.lock_store = view.lock.store;
        result.lock_owner = view.lock.lock.owner;
    }
    listener_->on_read(std::move(result));
}

void ReplicaPolicy::finish_store(Status outcome) {
    operation_.reset();
    if (work_->write && !work_->write->version_to_tell().is_none()) {
        using Kind = replica::FreshnessToken::Kind;
        const bool has_ended = outcome && work_->write->written().is_tombstone();
        news_ = {work_->write->version_to_tell(), has_ended ? Kind::Ended : Kind::Exact};
    }
    listener_->on_stored(outcome);
}

Token ReplicaPolicy::open_token() const {
    return replica::FreshnessToken{work_->view.seen(), replica::FreshnessToken::Kind::Open};
}

void ReplicaPolicy::store(replica::MirroredWrite::Kind kind, ByteView payload,
                          std::uint32_t ttl_s) {
    work_->payload.assign(payload.begin(), payload.end());
    work_->write.emplace(environment(), work_->view, kind, work_->payload, ttl_s, created_,
                         record::Serialization::Php);
    work_->write->start(this);
}

void ReplicaPolicy::write(ByteView payload) {
    store(replica::MirroredWrite::Kind::Payload, payload, habits_.lifetime_s);
}

void ReplicaPolicy::destroy() {
    if (!work_->view.is_alive()) {
        worker_.process.post(Duration::zero(), [this] { finish_store(kOk); });
        return;
    }
    store(replica::MirroredWrite::Kind::Tombstone, {},
          habits_.lifetime_s + policy_.lock_lease_s + kTombstoneMarginS);
}

bool ReplicaPolicy::touch_is_due() noexcept {
    for (const int member : work_->view.set().members()) {
        const replica::Copy& copy = work_->view.copy(member);
        if (copy.state == replica::Copy::State::Present &&
            replica::TouchAll::is_due(copy.ttl_left_s, habits_.lifetime_s))
            return true;
    }
    return false;
}

void ReplicaPolicy::keep() {
    if (touch_is_due())
        return start(
            std::make_unique<replica::TouchAll>(environment(), work_->view, habits_.lifetime_s));
    worker_.process.post(Duration::zero(), [this] { finish_store(kOk); });
}

void ReplicaPolicy::close() {
    replica::SessionView& view = work_->view;
    for (replica::LockHold* const hold : {&view.lock, &view.guard_lock}) {
        if (!hold->held()) continue;
        hold->note_work(pool::LockHolds(worker_.pool->page()), worker_.process.now());
        worker_.pool->store(hold->store)
            .release(view.key(), hold->lock, worker_.process.now() + policy_.deadline, nullptr);
        worker_.locks.leave(hold->ticket);
        *hold = {};
    }
    if (work_->write && !work_->write->is_idle()) {
        lingering_.push_back(std::exchange(work_, std::make_unique<Work>()));
    }
    work_->write.reset();
}

void ReplicaPolicy::after_response() {
    lingering_.remove_if([](const auto& work) { return work->write->is_idle(); });
    break_orphaned_locks();
    static_cast<void>(worker_.pool->probe_one_due(worker_.process.now() + policy_.deadline));
    if (habits_.refills) refill();
}

void ReplicaPolicy::refill() {
    if (has_store_in_hand_) refilling_.settle(*worker_.pool);
    has_store_in_hand_ = refilling_.resume(environment());
    if (has_store_in_hand_) worker_.process.post(kRefillSlice, [this] { refilling_.pause(); });
}

std::unique_ptr<replica::Refill> ReplicaPolicy::begin_whole_refill(int store) {
    refilling_ = replica::Refilling(scope_of(worker_, policy_));  // both ask the same inventories
    has_store_in_hand_ = false;
    auto refill = std::make_unique<replica::Refill>(environment(), scope_of(worker_, policy_),
                                                    store, replica::Refill::Extent::Whole);
    refill->start();
    return refill;
}

void ReplicaPolicy::break_orphaned_locks() {
    pool::LockRegistry::Orphan orphan;
    const auto stores = worker_.pool->name_hashes();
    for (int i = 0; i < kOrphansPerSweep && worker_.locks.next_orphan(orphan, stores); ++i) {
        const int index = worker_.pool->index_of(orphan.store_name_hash);
        if (index >= 0 && !worker_.pool->is_up(index)) {
            worker_.locks.abandon(orphan.ticket);
            continue;
        }
        if (index >= 0) {
            worker_.pool->count(pool::Counter::LocksBroken);
            worker_.pool->store(index).release(orphan.key, {orphan.owner, 0},
                                               worker_.process.now() + policy_.deadline, nullptr);
        }
        worker_.locks.leave(orphan.ticket);
    }
}

}  // namespace sessmirror::simulation
