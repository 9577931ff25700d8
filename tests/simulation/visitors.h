// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "simulation/cluster.h"
#include "simulation/history.h"
#include "simulation/request.h"
#include "simulation/witness.h"

namespace sessmirror::simulation {

struct Crowd {
    int visitors = 24;
    int requests_per_tab = 40;
    double with_tabs = 0.25;   // share of visitors that work in three tabs at once
    bool keeps_tokens = true;  // cookies beside the session's are returned
    double changing = 0.6;     // share of requests that change the session
    double destroying = 0.02;
    double early_headers = 0;  // share of changes that are made after the headers have left
    double coming_back = 0;    // share of log-outs after which the same id and token are used again
    Duration pause_between = milliseconds(300);  // mean
    Duration computing = milliseconds(4);        // mean, of a page
};

// People in front of a balancer that deals their requests round robin to all hosts. Every visitor
// has one session at a time; after a log-out it gets a new one, and sometimes an old tab still
// comes with the old id.
class Visitors {
  public:
    Visitors(Cluster& cluster, Witness& witness, History& history, const Crowd& crowd);

    void start();
    [[nodiscard]] bool all_done() const noexcept { return active_ == 0; }
    // Reads every visitor's present session once from every host, and as a stranger all that were
    // destroyed. `after_heal`: marks the calls.
    void look_around(bool after_heal);
    [[nodiscard]] int sessions() const noexcept { return next_session_; }

  private:
    struct Visitor {
        int number = 0;
        int session = 0;
        int next_host = 0;
        Token token;            // the cookie as it last arrived
        bool is_new = true;     // its session id was not sent to anybody yet
        bool creating = false;  // the first request on the session is under way
    };

    void continue_tab(Visitor& visitor, int requests_left);
    void send(Visitor& visitor, int requests_left);
    RequestPlan plan_for(Visitor& visitor);
    void on_response(Visitor& visitor, const RequestPlan& plan, const Token& news,
                     int requests_left);
    void haunt(int client, int session, Token token, int times);
    void look_from_everywhere(const RequestPlan& plan);
    void dispatch(int host, const RequestPlan& plan, std::function<void(const Token&)> on_response);

    Cluster& cluster_;
    World& world_;
    Witness& witness_;
    History& history_;
    Crowd crowd_;
    SeededRandom random_;
    std::vector<Visitor> visitors_;
    std::vector<std::pair<int, int>> ended_;          // client and session
    std::vector<std::unique_ptr<Request>> requests_;  // their sinks are known to the stores
    int next_session_ = 0;
    OpId next_op_ = 1;
    int active_ = 0;
};

}  // namespace sessmirror::simulation
