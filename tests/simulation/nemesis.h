// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "simulation/cluster.h"

namespace sessmirror::simulation {

enum class Fault : std::uint8_t {
    KillWorker,
    PauseWorker,   // SIGSTOP, sometimes for longer than the lock's lease
    RestartEmpty,  // a store is killed and comes back with nothing
    RestartWarm,   // ... with what it had some time ago, locks included
    PauseStore,    // SIGSTOP: what arrives is applied when it goes on
    Cut,           // one way or both ways between a host and a store
    Evict,         // some values and locks vanish
    Full,          // a store refuses writes and forgets what was to be replaced
    ShuffleCas,    // items change their CAS with no write
    Reload,        // a host's workers and page are replaced by new ones
    JumpClock,     // a host's wall clock is set, by up to an hour
};

// Which faults a run is exposed to.
enum class Mix : std::uint8_t {
    None,
    Workers,
    Restarts,
    Pauses,
    Cuts,
    Storage,
    Warm,
    Everything,
    Swarm,  // some of all faults, which ones is drawn: what many at a time hide, few may show
    kCount
};
const char* mix_name(Mix mix) noexcept;
std::optional<Mix> parse_mix(std::string_view name) noexcept;
std::vector<Fault> faults_of(Mix mix);

// Makes faults at random times and ends them again. Spares one store at a time, which may be a
// different one each time, in every mix but Everything.
class Nemesis {
  public:
    // `between`: mean time from one fault to the next.
    Nemesis(Cluster& cluster, Mix mix, Duration between, Duration lease);

    void start();
    void heal();  // ends everything and makes no more faults
    [[nodiscard]] int faults_made() const noexcept { return made_; }

  private:
    struct Snapshot {
        int store;
        SimNode::Memory memory;
    };
    void plan_next();
    void make(Fault fault);
    void disturb_store(Fault fault);
    void disturb_host(Fault fault);
    void disturb_worker(Fault fault);
    void cut_route();
    void evict(SimNode& node);
    // Undoes a fault on `store` after a while, or at heal().
    void undo_later(int store, Duration after, std::function<void()> undo);
    [[nodiscard]] bool may_disturb(int store) const noexcept;
    void take_snapshot();

    struct Pending {
        int store;  // disturbed until then; kNoStore: a worker's
        std::function<void()> undo;
    };
    static constexpr int kNoStore = -1;

    Cluster& cluster_;
    World& world_;
    Mix mix_;
    Duration between_;
    Duration lease_;
    SeededRandom random_;
    std::vector<Fault> faults_;
    std::vector<int> disturbed_;  // faults at each store that have not ended
    std::vector<SimNode::Memory> snapshots_;
    std::vector<std::shared_ptr<Pending>> pending_;
    int made_ = 0;
    bool healed_ = false;
};

}  // namespace sessmirror::simulation
