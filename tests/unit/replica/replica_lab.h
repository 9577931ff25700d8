// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/journal.h"
#include "pool/pool.h"
#include "replica/local_first_read.h"
#include "replica/locked_read.h"
#include "replica/mirrored_write.h"
#include "replica/operation.h"
#include "replica/session_view.h"
#include "simulation/sim_store.h"

namespace sessmirror::test {

// Web hosts and stores in a simulated world, for tests of one policy at a time: host i has store i
// as its local one. Real pools, real health, no network.
class ReplicaLab {
  public:
    class Host {
      public:
        Host(ReplicaLab& lab, int index);

        replica::Environment environment() noexcept {
            return {pool, process, process.random(), locks, policy, compressor};
        }
        std::uint64_t count(pool::Counter counter) const noexcept { return page->value(counter); }
        // Requests that this host has sent to a store.
        std::uint64_t requests(int store) noexcept {
            return pool.health(store).slot().requests.load();
        }

        replica::Policy policy;
        std::unique_ptr<pool::HostPage> page;
        Journal journal;
        simulation::Process process;
        pool::Pool pool;
        pool::LockRegistry locks;
        record::Compressor compressor;

      private:
        static std::vector<pool::Pool::Member> members(ReplicaLab& lab, int index,
                                                       simulation::Process& process);
    };

    // A host's list of stores: of the first so many, each joining, leaving or neither.
    using List = std::vector<store::ListChange>;

    explicit ReplicaLab(int stores, int hosts = 1)
        : ReplicaLab(stores, std::vector<List>(static_cast<std::size_t>(hosts),
                                               List(static_cast<std::size_t>(stores)))) {}
    ReplicaLab(int stores, std::vector<List> lists_of_hosts) : lists(std::move(lists_of_hosts)) {
        for (int i = 0; i < stores; ++i)
            nodes.push_back(std::make_unique<simulation::SimNode>(
                world, simulation::CasMode::NodeCounts, "node" + std::to_string(i)));
        for (std::size_t i = 0; i < lists.size(); ++i)
            hosts_.push_back(std::make_unique<Host>(*this, static_cast<int>(i)));
    }

    Host& host(int index = 0) { return *hosts_[static_cast<std::size_t>(index)]; }
    simulation::SimNode& node(int index) { return *nodes[static_cast<std::size_t>(index)]; }

    // Runs the world until the operation is done; gives its outcome.
    Status run(replica::Operation& operation) {
        operation.start();
        while (!operation.done() && world.step()) {
        }
        EXPECT_TRUE(operation.done());
        return operation.outcome();
    }

    Status read(Host& host, replica::SessionView& view) {
        if (host.policy.locking == replica::Locking::On) {
            replica::LockedRead read(host.environment(), view);
            return run(read);
        }
        replica::LocalFirstRead read(host.environment(), view);
        return run(read);
    }

    Status write(Host& host, replica::SessionView& view, std::string_view payload) {
        replica::MirroredWrite write(host.environment(), view,
                                     replica::MirroredWrite::Kind::Payload, as_bytes(payload),
                                     kLifetime, false, record::Serialization::Php);
        const Status outcome = run(write);
        settle();
        return outcome;
    }

    Status destroy(Host& host, replica::SessionView& view) {
        replica::MirroredWrite write(host.environment(), view,
                                     replica::MirroredWrite::Kind::Tombstone, {}, kLifetime, false);
        return run(write);
    }

    // Stores a session as a request of `host` that ends well.
    void store_session(Host& host, std::string_view payload) {
        replica::SessionView view;
        open(host, view);
        ASSERT_TRUE(read(host, view));
        ASSERT_TRUE(write(host, view, payload));
    }

    void open(Host& host, replica::SessionView& view) {
        view.reset(host.pool, key, host.policy.redundancy);
        view.read_with(host.compressor, host.policy.max_session_bytes);
    }

    // Lets replies and background work that nobody waits for arrive.
    void settle() { world.run_until(world.now() + milliseconds(50)); }

    std::string payload_on(int store) {
        const auto* item = node(store).find(key.text());
        if (item == nullptr) return "(none)";
        const auto decoded = record::decode(key.text(), item->value);
        if (!decoded) return "(damaged)";
        if (decoded->envelope.is_tombstone()) return "(tombstone)";
        return std::string(as_text(decoded->payload));
    }

    // The store that decides about the session, and another member.
    int home() {
        return replica::ReplicaSet(host().pool, key, host().policy.redundancy).home(host().pool);
    }

    static constexpr std::uint32_t kLifetime = 1440;
    simulation::World world{1};
    std::vector<List> lists;
    std::vector<std::unique_ptr<simulation::SimNode>> nodes;
    std::vector<std::unique_ptr<simulation::Route>> routes;
    store::SessionKey key = store::derive_key("t:", "", "session");

  private:
    std::vector<std::unique_ptr<Host>> hosts_;
};

inline std::vector<pool::Pool::Member> ReplicaLab::Host::members(ReplicaLab& lab, int index,
                                                                 simulation::Process& process) {
    std::vector<pool::Pool::Member> out;
    const List& list = lab.lists[static_cast<std::size_t>(index)];
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool is_local = static_cast<int>(i) == index;
        lab.routes.push_back(std::make_unique<simulation::Route>(
            lab.world,
            simulation::LinkQuality{is_local ? Duration(10'000) : Duration(200'000), {}, 0},
            std::to_string(index) + "-" + std::to_string(i)));
        store::StoreSpec spec;
        spec.host = "10.0.0." + std::to_string(i + 1);
        spec.port = 11211;
        spec.change = list[i];
        out.push_back({spec, std::make_unique<simulation::SimStoreClient>(
                                 process, *lab.nodes[i], *lab.routes.back(), static_cast<int>(i))});
    }
    return out;
}

inline ReplicaLab::Host::Host(ReplicaLab& lab, int index)
    : page(std::make_unique<pool::HostPage>()),
      process(lab.world, {std::chrono::seconds(1000), 1'700'000'000},
              static_cast<std::uint64_t>(index) + 1),
      pool(members(lab, index, process), index, *page, process, process.random(), journal),
      locks(*page, process, process.random()) {
    page->host_id = static_cast<std::uint64_t>(index) + 1;
}

}  // namespace sessmirror::test
