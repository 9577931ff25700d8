// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_reserve.h"
#include "base/system_random.h"
#include "migration/exporter.h"
#include "migration/old_places.h"
#include "net/event_loop.h"
#include "net/resolver.h"
#include "pool/lock_registry.h"
#include "pool/pool.h"
#include "replica/mirrored_write.h"
#include "replica/operation.h"
#include "replica/refilling.h"
#include "service/client_tokens.h"
#include "service/pending_releases.h"
#include "service/session_service.h"
#include "service/whole_refill.h"
#include "store/inventory.h"
#include "store/remote_store.h"

namespace sessmirror::service {

// A write together with everything it needs, so that it can outlive its session when the ack policy
// let the page go before the slowest store answered. Large, and kept for the next session when it
// has served; who takes it begins with view.reset().
struct SessionWork {
    std::string id;
    replica::SessionView view;
    Bytes payload;
    std::optional<replica::MirroredWrite> write;
};

// One configuration at work. Sessions share it, so that a change of the ini settings cannot pull it
// from under an open one. Also listens to its stores, for the counters and for lost connections.
struct Deployment final : store::StoreEvents {
    Deployment(pool::HostPage& host_page, std::string_view secret) noexcept
        : page(host_page), token_seal(secret) {}
    void on_store_connected(int store, const store::Reconnection& since) noexcept override;
    void on_store_protocol_error(int store) noexcept override;

    pool::HostPage& page;
    const replica::TokenSeal token_seal;
    Options options;
    std::string store_list;
    replica::Policy policy;
    replica::Policy takeover_policy;  // of two who take a session over, one is too late
    std::unique_ptr<pool::Pool> pool;
    std::unique_ptr<migration::OldPlaces> old_places;            // or none
    std::unique_ptr<migration::Exporter> exporter;               // or none
    std::vector<std::unique_ptr<store::Inventory>> inventories;  // one for each store
    std::optional<replica::Refilling> refilling;                 // from the first response on
    std::optional<WholeRefill> whole_refill;                     // of this request
    bool proven = false;                                         // a store has answered this worker
    std::uint64_t connected = 0;  // a bit per store that this worker has had a connection to
};

struct SessionService::Impl final {
    explicit Impl(pool::HostPage& host_page);
    ~Impl();

    // The configuration that was used last. REQUIRES: there was one.
    [[nodiscard]] Deployment& current() noexcept { return *deployments.front(); }

    Result<std::shared_ptr<Deployment>> deploy(const Options& new_options,
                                               std::string_view store_list);
    [[nodiscard]] replica::Environment environment(Deployment& deployment) noexcept {
        return environment(deployment, deployment.policy);
    }
    [[nodiscard]] replica::Environment environment(Deployment& deployment,
                                                   const replica::Policy& policy) noexcept;

    // Starts the operation and waits for it. Operations end by themselves; the limit is a safety
    // net.
    Status run(Deployment& deployment, replica::Operation& operation, TimePoint deadline) noexcept;

    [[nodiscard]] std::unique_ptr<SessionWork> take_work();
    // REQUIRES: its write has gone.
    void keep_work(std::unique_ptr<SessionWork> work) noexcept;
    void linger(std::shared_ptr<Deployment> deployment, std::unique_ptr<SessionWork> work);
    void drop_finished_work() noexcept;
    void finish_lingering() noexcept;
    void break_orphaned_locks() noexcept;
    void probe_due_store() noexcept;
    void compare_settings() noexcept;
    void begin_whole_refill();
    SessionService::RefillProgress continue_whole_refill(Duration time);
    // A slice of the work on a store that came back or joined; see replica/refill.h.
    void refill() noexcept;

    pool::HostPage& page;
    MemoryReserve reserve;
    Journal journal;
    SystemRandom random;
    record::Compressor compressor;
    net::EventLoop loop;
    net::Resolver resolver;
    pool::LockRegistry locks;
    PendingReleases releases{locks};
    TimePoint looked_after = loop.now();  // the last after_response(), or the start
    // Sites with settings of their own share a worker; each keeps its connections. Latest first.
    std::list<std::shared_ptr<Deployment>> deployments;
    struct Lingering {
        std::shared_ptr<Deployment> deployment;
        std::unique_ptr<SessionWork> work;
    };
    std::list<Lingering> lingering;
    std::unique_ptr<SessionWork> spare_work;  // or none

  private:
    static replica::Refill::Scope refill_scope(const Deployment& deployment);
    static store::SessionKey settings_key(const Options& options) noexcept;

    static constexpr std::size_t kMaxDeployments = 8;

    Result<std::shared_ptr<Deployment>> make_deployment(const Options& options,
                                                        std::string_view store_list);
    std::vector<net::IpAddresses> resolve(const Options& options,
                                          std::span<const store::StoreSpec> specs);
};

// For a call that would begin something after its deadline.
Error out_of_time() noexcept;

struct Session::Impl {
    Impl(SessionService::Impl& owner, std::shared_ptr<Deployment> with);
    ~Impl() { service.keep_work(std::move(work)); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    // The view is of this session, and knows nothing of it.
    void look_at(const store::SessionKey& key) noexcept;
    void forget_what_was_read() noexcept;
    // Makes `id` the current session; lets go of another one.
    void select(std::string_view id, std::int64_t lifetime_s);
    // Begins a call, which has deadline_ms for all its steps.
    void begin_call() noexcept;
    // A start may be two calls of ours: about the id that the client sent, and about a new one.
    void begin_start() noexcept {
        if (!is_starting) begin_call();
    }
    [[nodiscard]] bool has_time() const noexcept { return time_left > Duration::zero(); }
    // A step of the call.
    Status run(replica::Operation& operation) noexcept;
    // `Ended::Keep`: what the session held is wanted where another request ends it while this one
    // waits for its lock.
    enum class Ended : bool { Forget, Keep };
    Status load(std::string_view id, std::int64_t lifetime_s, Ended ended = Ended::Forget);
    Status read_stores(Ended ended);
    Status load_created();
    // Of a session that no store has. REQUIRES: there are old places.
    Status take_over(Ended ended);
    // Of a session that the old handler may use at the same time. REQUIRES: there is an exporter.
    Status follow_old_hosts(Ended ended);
    Status lock_old();
    void unlock_old() noexcept;
    Status take_news(migration::Exporter::News& news, Ended ended);
    Status store_found(ByteView content, std::uint32_t ttl_s);
    Status read_again(Ended ended);
    void export_stored();
    void touch_old();
    void erase_old();
    [[nodiscard]] migration::Held held() const noexcept {
        return old_locks.empty() ? migration::Held::No : migration::Held::Yes;
    }
    // Work with old places, within the call's time.
    template <class Step>
    auto within_call(Step&& step) {
        const TimePoint deadline = service.loop.now() + time_left;
        auto result = step(deadline);
        time_left = deadline - service.loop.now();
        return result;
    }
    Status publish();
    enum class Lock : bool { Keep, GiveBack };
    Status store(replica::MirroredWrite::Kind kind, ByteView payload, std::uint32_t ttl_s,
                 record::Serialization form, Lock lock) {
        return store(kind, payload, ttl_s, form, lock, deployment->policy);
    }
    Status store(replica::MirroredWrite::Kind kind, ByteView payload, std::uint32_t ttl_s,
                 record::Serialization form, Lock lock, const replica::Policy& policy);
    Status store_payload(ByteView payload, record::Serialization form, Lock lock = Lock::GiveBack);
    Status store_tombstone(Lock lock = Lock::GiveBack);
    Status replace_by(ByteView content);
    Status touch_if_due();
    Status roll_back();
    [[nodiscard]] ByteView with_others_changes(ByteView payload, record::Serialization form);
    [[nodiscard]] bool is_stored_already(ByteView payload) noexcept;
    [[nodiscard]] bool wants_longest_lifetime() noexcept;
    void forget_parents_lock() noexcept;
    void give_back(replica::LockHold& hold) noexcept;
    void let_go() noexcept;
    [[nodiscard]] replica::SessionView& view() noexcept { return work->view; }

    SessionService::Impl& service;
    std::shared_ptr<Deployment> deployment;
    std::unique_ptr<SessionWork> work;
    std::string created_id;
    ClientTokens tokens;

    // What was there before this request's first commit, until a write() confirms it.
    struct Undo {
        bool existed = false;
        Bytes payload;
    };
    std::optional<Undo> undo;
    std::optional<Bytes> committed;  // by PHP, where the commit was merged with others' changes
    std::string merged;              // of it and what PHP wrote since
    migration::Exporter::Locks old_locks;  // held until close()
    bool is_entombed = false;              // a commit found it destroyed meanwhile: so it stays
    bool has_ended_in_line = false;        // another request ended it while this one waited for it
    std::uint32_t lifetime_s = 0;
    unsigned fork_generation = 0;
    Duration time_left{};      // of the call
    bool is_starting = false;  // the next call may be a part of the same start
    bool selected = false;
    bool loaded = false;   // a read succeeded, and nothing was written since
    bool settled = false;  // written, touched or destroyed: close has only the lock to give back
};

}  // namespace sessmirror::service
