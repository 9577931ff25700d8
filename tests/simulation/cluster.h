// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "base/journal.h"
#include "pool/lock_registry.h"
#include "pool/pool.h"
#include "simulation/policy.h"
#include "simulation/process_table.h"
#include "simulation/sim_link.h"
#include "simulation/sim_node.h"
#include "simulation/sim_store.h"
#include "simulation/world.h"
#include "store/inventory.h"

namespace sessmirror::simulation {

using Counts = std::array<std::uint64_t, static_cast<std::size_t>(pool::Counter::kCount)>;

// As pool::make_host_page() makes one. Pages that were used are cleaned and used again, since
// worlds are made by the million.
struct BlankPageDeleter {
    void operator()(pool::HostPage* page) const noexcept;
};
using BlankPagePtr = std::unique_ptr<pool::HostPage, BlankPageDeleter>;
BlankPagePtr blank_page(std::uint64_t random_host_id);

// One web server: clocks of its own and the page that its workers share.
struct Host {
    HostClock clock;
    BlankPagePtr page;
    Counts seen{};  // the page's counters as of the last action of any worker
};

// One PHP worker process: production pool over simulated stores, and a policy on top.
struct Worker {
    Worker(World& world, Host& on, int number, int host_index, std::uint32_t pid);

    // Credits to this worker what the page's counters grew by since anybody looked.
    void collect() noexcept;
    void note_connection(int store) noexcept;  // a store has answered on a new one
    [[nodiscard]] SimNode& node(int store) noexcept {
        return *nodes[static_cast<std::size_t>(store)];
    }
    [[nodiscard]] std::uint64_t counted(pool::Counter counter) const noexcept {
        return counts[static_cast<std::size_t>(counter)];
    }

    int number;
    int host_index;
    std::uint32_t pid;
    Host& host;
    Process process;
    std::vector<SimNode*> nodes;  // behind the pool's stores, for observers
    Journal journal;
    pool::LockRegistry locks;
    std::unique_ptr<pool::Pool> pool;
    std::vector<std::unique_ptr<store::Inventory>> inventories;  // one for each store
    std::unique_ptr<SessionPolicy> policy;
    Counts counts{};
    std::uint64_t connected = 0;  // a bit for each store that has answered this worker
    bool busy = false;
    std::function<void()> on_killed;  // of the request it works on
    store::SessionKey key;            // of its session
    struct {
        record::Version version;
        record::Version parent;
        bool is_tombstone = false;
    } last_put;
};

struct ClusterShape {
    int hosts = 2;  // each with one store
    int workers_per_host = 4;
    CasMode cas_mode = CasMode::NodeCounts;
    Duration io_timeout = milliseconds(200);
    double packet_loss = 0;
    double resets = 0.5;  // of the connections that are given up: what is on its way never arrives
    Duration jitter = std::chrono::microseconds(60);  // mean, of a packet to another host
    std::int64_t clock_error_s = 3600;                // wall clocks are wrong by this at most
};

using PolicyFactory = std::function<std::unique_ptr<SessionPolicy>(Worker&)>;

// Hosts, their workers and stores, and the network between them. Killed workers stay in memory
// until the end, since what they sent is still on its way.
class Cluster {
  public:
    Cluster(World& world, const ClusterShape& shape, PolicyFactory factory);
    ~Cluster();

    [[nodiscard]] World& world() noexcept { return world_; }
    [[nodiscard]] int hosts() const noexcept { return static_cast<int>(hosts_.size()); }
    [[nodiscard]] int workers_per_host() const noexcept { return shape_.workers_per_host; }
    [[nodiscard]] int stores() const noexcept { return static_cast<int>(nodes_.size()); }
    [[nodiscard]] Host& host(int index) noexcept { return *at(hosts_, index); }
    [[nodiscard]] SimNode& node(int index) noexcept { return *at(nodes_, index); }
    [[nodiscard]] Route& route(int host, int store) noexcept {
        return *at(routes_, host * stores() + store);
    }

    // A living worker by its place on the host; changes when one is killed and replaced.
    [[nodiscard]] Worker& worker(int host, int place) noexcept;
    [[nodiscard]] Worker* idle_worker(int host) noexcept;  // nullptr when all are busy
    void kill_worker(int host, int place);                 // its master starts another one
    // As `reload` of php-fpm does: new workers with a page that knows nothing yet.
    void reload(int host);
    void jump_clock(int host, std::int64_t seconds);
    // Of all hosts, pages that reloads have put away included.
    [[nodiscard]] Counts counts() const noexcept;

  private:
    template <class T>
    static std::unique_ptr<T>& at(std::vector<std::unique_ptr<T>>& all, int index) noexcept {
        return all[static_cast<std::size_t>(index)];
    }
    std::unique_ptr<Worker> start_worker(int host);

    World& world_;
    ClusterShape shape_;
    PolicyFactory factory_;
    ProcessTable processes_;
    std::vector<std::unique_ptr<Host>> hosts_;
    std::vector<BlankPagePtr> put_away_;  // killed workers know them
    std::vector<std::unique_ptr<SimNode>> nodes_;
    std::vector<std::unique_ptr<Route>> routes_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::unique_ptr<Worker>> killed_;
    int next_worker_ = 0;
};

}  // namespace sessmirror::simulation
