// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "replica/policy.h"
#include "simulation/checker.h"
#include "simulation/cluster.h"
#include "simulation/history.h"
#include "simulation/letters.h"
#include "simulation/replica_policy.h"
#include "simulation/request.h"
#include "simulation/witness.h"

namespace sessmirror::simulation {

// What is the same in all histories of one exploration.
struct SmallWorldShape {
    std::string_view name;  // a literal
    replica::Locking locking = replica::Locking::On;
    CasMode cas_mode = CasMode::ClientChooses;
    // One visitor is sent to either host; otherwise each host has its own, and both have one
    // session.
    bool one_visitor = false;
    // The session was made by a host whose clock is an hour ahead: generations grow one by one.
    bool from_the_future = false;
    bool is_blind = false;  // wrong on purpose: a BlindMirror (wrong_policies.h) keeps the session
};

// Two web hosts, a store on each, one session: the smallest deployment, driven event by event. Each
// event has its own time of more than a minute and begins when all that the one before has started
// has come to its end, so the order of events is all that a history consists of. Pages do nothing
// after their response; a letter of its own does that. The session exists at the beginning, on both
// stores, and everybody has seen it.
class SmallWorld {
  public:
    explicit SmallWorld(const SmallWorldShape& shape);
    ~SmallWorld();
    SmallWorld(const SmallWorld&) = delete;
    SmallWorld& operator=(const SmallWorld&) = delete;

    // False, and nothing has happened, when the event is none here, as the second of two cuts.
    bool make(Letter letter);

    // Ends all faults, lets both hosts do their chores, looks at the session from everywhere, and
    // judges. The last call.
    Report judge();
    [[nodiscard]] const History& history() const noexcept { return history_; }

  private:
    static constexpr int kHosts = 2;
    struct Visitor {
        int number = 0;
        Token token;
    };

    void begin();
    void end_slot();
    void page(int host, RequestPlan plan);
    void page(int host, Visitor& visitor, RequestPlan::Action action, bool early_headers = false);
    void abandon(int host);
    void chores(int host);
    void refill(std::vector<int> hosts);
    void cut(bool is_cut);
    void expire();
    [[nodiscard]] std::vector<Loss> all_losses();
    bool make_page(Letter letter);
    bool make_at_store(Event event, SimNode& node);
    bool land();
    void look(bool after_heal);
    void look_as_stranger(int host);
    [[nodiscard]] Visitor& visitor_of(int host) noexcept {
        return visitors_[shape_.one_visitor ? 0 : static_cast<std::size_t>(host)];
    }
    [[nodiscard]] Worker& worker(int host) noexcept { return cluster_.worker(host, 0); }
    [[nodiscard]] Duration next_chore(Worker& worker) const;
    void run_for(Duration time) { world_.run_until(world_.now() + time); }

    SmallWorldShape shape_;
    replica::Policy replication_;
    World world_;
    Cluster cluster_;
    Witness witness_;
    History history_;
    std::array<Visitor, kHosts> visitors_;
    std::vector<std::unique_ptr<Request>> requests_;
    std::vector<std::function<void()>> abandoned_;
    std::vector<Loss> aged_;
    std::array<SimNode::Memory, kHosts> at_first_;
    bool is_cut_ = false;
    int slot_ = 0;
    Duration slot_end_{};
    OpId next_op_ = 1;
};

}  // namespace sessmirror::simulation
