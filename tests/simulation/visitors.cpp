// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/visitors.h"

#include <utility>

namespace sessmirror::simulation {
namespace {

constexpr Duration kQueuePoll = milliseconds(1);
constexpr int kTabs = 3;

}  // namespace

Visitors::Visitors(Cluster& cluster, Witness& witness, History& history, const Crowd& crowd)
    : cluster_(cluster),
      world_(cluster.world()),
      witness_(witness),
      history_(history),
      crowd_(crowd),
      random_(world_.stream("visitors")) {}

void Visitors::start() {
    for (int i = 0; i < crowd_.visitors; ++i)
        visitors_.push_back({i, next_session_++, i, std::nullopt, true, false});
    for (Visitor& visitor : visitors_) {
        const int tabs = random_.chance(crowd_.with_tabs) ? kTabs : 1;
        for (int tab = 0; tab < tabs; ++tab) continue_tab(visitor, crowd_.requests_per_tab);
        active_ += tabs;
    }
}

void Visitors::continue_tab(Visitor& visitor, int requests_left) {
    if (requests_left == 0) {
        --active_;
        return;
    }
    world_.after(random_.exponential(crowd_.pause_between), [this, &visitor, requests_left] {
        // Nobody knows a session's id before its first page has come.
        if (visitor.creating) return continue_tab(visitor, requests_left);
        send(visitor, requests_left);
    });
}

void Visitors::send(Visitor& visitor, int requests_left) {
    const RequestPlan plan = plan_for(visitor);
    visitor.creating = plan.created;
    dispatch(visitor.next_host++ % cluster_.hosts(), plan,
             [this, &visitor, plan, requests_left](const Token& news) {
                 on_response(visitor, plan, news, requests_left);
             });
}

RequestPlan Visitors::plan_for(Visitor& visitor) {
    RequestPlan plan;
    plan.client = visitor.number;
    plan.session = visitor.session;
    plan.sent = world_.now();
    plan.token = visitor.token;
    plan.created = std::exchange(visitor.is_new, false);
    plan.computing = random_.exponential(crowd_.computing);
    if (plan.created || random_.chance(crowd_.changing))
        plan.action = RequestPlan::Action::Change;
    else if (random_.chance(crowd_.destroying / (1 - crowd_.changing)))
        plan.action = RequestPlan::Action::Destroy;
    if (plan.action == RequestPlan::Action::Change) {
        plan.op = next_op_++;
        plan.early_headers =
            !plan.created && crowd_.early_headers > 0 && random_.chance(crowd_.early_headers);
    }
    return plan;
}

void Visitors::on_response(Visitor& visitor, const RequestPlan& plan, const Token& news,
                           int requests_left) {
    if (news && crowd_.keeps_tokens && plan.session == visitor.session) visitor.token = news;
    if (plan.created) visitor.creating = false;
    const bool has_logged_out =
        plan.action == RequestPlan::Action::Destroy && visitor.session == plan.session;
    const bool comes_back =
        has_logged_out && crowd_.coming_back > 0 && random_.chance(crowd_.coming_back);
    if (has_logged_out && !comes_back) {
        // In the same browser, with the same cookies; or somebody else, with a stolen one.
        ended_.push_back({visitor.number, visitor.session});
        const Token token = random_.chance(0.25) ? Token() : visitor.token;
        haunt(visitor.number, visitor.session, token, random_.between(0, 3));
        visitor.session = next_session_++;
        visitor.token.reset();  // it is bound to its session
        visitor.is_new = true;
    }
    continue_tab(visitor, requests_left - 1);
}

void Visitors::haunt(int client, int session, Token token, int times) {
    if (times == 0) return;
    world_.after(random_.exponential(10 * crowd_.pause_between), [=, this] {
        RequestPlan plan;
        plan.client = client;
        plan.session = session;
        plan.sent = world_.now();
        plan.token = token;
        plan.by_stranger = crowd_.keeps_tokens && !token;
        dispatch(random_.between(0, cluster_.hosts() - 1), plan,
                 [=, this](const Token&) { haunt(client, session, token, times - 1); });
    });
}

void Visitors::look_around(bool after_heal) {
    RequestPlan plan;
    plan.sent = world_.now();
    plan.after_heal = after_heal;
    for (const Visitor& visitor : visitors_) {
        if (visitor.is_new) continue;
        plan.client = visitor.number;
        plan.session = visitor.session;
        plan.token = visitor.token;
        look_from_everywhere(plan);
    }
    plan.token.reset();
    plan.by_stranger = crowd_.keeps_tokens;
    for (const auto& [client, session] : ended_) {
        plan.client = client;
        plan.session = session;
        look_from_everywhere(plan);
    }
}

void Visitors::look_from_everywhere(const RequestPlan& plan) {
    for (int host = 0; host < cluster_.hosts(); ++host) dispatch(host, plan, [](const Token&) {});
}

void Visitors::dispatch(int host, const RequestPlan& plan,
                        std::function<void(const Token&)> on_response) {
    Worker* worker = cluster_.idle_worker(host);
    if (worker == nullptr) {
        world_.after(kQueuePoll,
                     [this, host, plan, on_response] { dispatch(host, plan, on_response); });
        return;
    }
    requests_.push_back(std::make_unique<Request>(*worker, plan, witness_, history_, on_response));
    requests_.back()->start();
}

}  // namespace sessmirror::simulation
