// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/small_world.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "simulation/ledger.h"
#include "simulation/wrong_policies.h"

namespace sessmirror::simulation {
namespace {

using std::chrono::seconds;

constexpr Duration kSlot = seconds(70);    // longer than every interval of the hosts' chores
constexpr Duration kChores = seconds(20);  // longer than a back-off, or a few tries
constexpr Duration kPage = seconds(12);    // longer than any page may take
// Of a session, by the host whose page writes it; and the time that X takes.
constexpr std::array<std::uint32_t, 2> kLifetimes = {24 * 3600, 3600};
constexpr Duration kLong = seconds(2 * 3600);
constexpr int kStranger = 2;
constexpr int kSession = 0;
constexpr std::int64_t kAhead = 3600;

replica::Policy replication_of(const SmallWorldShape& shape) {
    replica::Policy policy;
    policy.redundancy = 2;
    policy.locking = shape.locking;
    policy.lock_lease_s = 3;
    policy.lock_wait = seconds(5);
    policy.hedges = false;
    return policy;
}

ClusterShape cluster_shape_of(const SmallWorldShape& shape, int hosts) {
    ClusterShape out;
    out.hosts = hosts;
    out.workers_per_host = 1;
    out.cas_mode = shape.cas_mode;
    out.jitter = {};
    out.clock_error_s = 0;
    out.resets = 1;  // LAND is what brings things late
    return out;
}

PolicyFactory factory_of(const SmallWorldShape& shape, const replica::Policy& replication) {
    if (shape.is_blind) return [](Worker& worker) { return std::make_unique<BlindMirror>(worker); };
    return [&replication](Worker& worker) {
        ReplicaPolicy::Habits habits;
        habits.compresses = false;
        habits.lifetime_s = kLifetimes[static_cast<std::size_t>(worker.host_index)];
        return std::make_unique<ReplicaPolicy>(worker, replication, habits);
    };
}

}  // namespace

SmallWorld::SmallWorld(const SmallWorldShape& shape)
    : shape_(shape),
      replication_(replication_of(shape)),
      world_(1),
      cluster_(world_, cluster_shape_of(shape, kHosts), factory_of(shape_, replication_)),
      witness_(cluster_, replication_.redundancy) {
    history_.copies = kHosts;
    history_.deadline = replication_.deadline;
    history_.lock_wait = replication_.lock_wait;
    begin();
}

SmallWorld::~SmallWorld() = default;

void SmallWorld::begin() {
    for (int host = 0; host < kHosts; ++host) {
        visitors_[static_cast<std::size_t>(host)].number = host;
        chores(host);
    }
    RequestPlan plan;
    plan.created = true;
    plan.action = RequestPlan::Action::Change;
    plan.op = next_op_++;
    if (shape_.from_the_future) cluster_.host(0).clock.unix_start += kAhead;
    cluster_.reload(0);  // a worker knows its host's clock from its start
    page(0, plan);
    if (shape_.from_the_future) cluster_.host(0).clock.unix_start -= kAhead;
    cluster_.reload(0);
    for (int host = 0; host < kHosts; ++host) {
        page(host, visitor_of(host), RequestPlan::Action::Keep);
        chores(host);
        at_first_[static_cast<std::size_t>(host)] = cluster_.node(host).memory();
    }
    end_slot();
}

// What is drawn at random depends on the time alone, so that events without effect leave no trace.
void SmallWorld::end_slot() {
    world_.run_until(std::max(world_.now(), slot_end_));
    slot_end_ = world_.now() + kSlot;
    ++slot_;
    for (int host = 0; host < kHosts; ++host)
        worker(host).process.random() =
            SeededRandom(hash64("slot", static_cast<std::uint64_t>(slot_ * kHosts + host)));
}

bool SmallWorld::make(Letter letter) {
    SimNode& node = cluster_.node(letter.place);
    bool has_happened = true;
    switch (letter.event) {
        case Event::Chores:
            chores(letter.place);
            break;
        case Event::Reload:
            cluster_.reload(letter.place);
            break;
        case Event::RefillAll:
            refill({letter.place});
            break;
        case Event::RefillBoth:
            refill({0, 1});
            break;
        case Event::RestartEmpty:
        case Event::RestartWarm:
        case Event::Pause:
        case Event::Continue:
            has_happened = make_at_store(letter.event, node);
            break;
        case Event::Cut:
        case Event::Heal:
            has_happened = is_cut_ != (letter.event == Event::Cut);
            if (has_happened) cut(!is_cut_);
            break;
        case Event::Land:
            has_happened = land();
            break;
        case Event::Expire:
            expire();
            break;
        default:
            has_happened = make_page(letter);
    }
    if (has_happened) end_slot();
    return has_happened;
}

bool SmallWorld::make_page(Letter letter) {
    using Action = RequestPlan::Action;
    Visitor& visitor = visitor_of(letter.place);
    switch (letter.event) {
        case Event::Read:
            page(letter.place, visitor, Action::Keep);
            return true;
        case Event::Write:
            page(letter.place, visitor, Action::Change);
            return true;
        case Event::LateWrite:
            page(letter.place, visitor, Action::Change, true);
            return true;
        case Event::Destroy:
            page(letter.place, visitor, Action::Destroy);
            return true;
        case Event::Abandoned:
            abandon(letter.place);
            return true;
        default:
            return false;
    }
}

void SmallWorld::page(int host, RequestPlan plan) {
    plan.session = kSession;
    plan.sent = world_.now();
    plan.computing = milliseconds(5);
    plan.does_chores = false;
    const auto has_responded = std::make_shared<bool>(false);
    requests_.push_back(std::make_unique<Request>(
        worker(host), plan, witness_, history_, [this, plan, has_responded](const Token& news) {
            *has_responded = true;
            const auto number = static_cast<std::size_t>(plan.client);
            if (news && number < visitors_.size()) visitors_[number].token = news;
        }));
    requests_.back()->start();
    const Duration limit = world_.now() + kPage;
    while (!*has_responded && world_.now() < limit && world_.step()) {
    }
    run_for(milliseconds(5));  // what is on its way arrives
}

void SmallWorld::page(int host, Visitor& visitor, RequestPlan::Action action, bool early_headers) {
    RequestPlan plan;
    plan.client = visitor.number;
    plan.token = visitor.token;
    plan.action = action;
    plan.early_headers = early_headers;
    if (action == RequestPlan::Action::Change) plan.op = next_op_++;
    page(host, plan);
}

// Its packets are taken off the wire, and the worker is killed before it hears that none arrives.
void SmallWorld::abandon(int host) {
    RequestPlan plan;
    plan.client = visitor_of(host).number;
    plan.token = visitor_of(host).token;
    plan.session = kSession;
    plan.sent = world_.now();
    plan.computing = milliseconds(500);
    plan.action = RequestPlan::Action::Change;
    plan.op = next_op_++;
    requests_.push_back(
        std::make_unique<Request>(worker(host), plan, witness_, history_, [](const Token&) {}));
    requests_.back()->start();
    const auto& calls = history_.calls;
    while (calls.back().status == CallStatus::Info && worker(host).busy && world_.step()) {
    }
    if (!worker(host).busy) return;  // it could not even read
    std::vector<Link*> cut_here;
    for (int store = 0; store < kHosts; ++store) {
        Link& link = cluster_.route(host, store).request;
        if (!link.is_cut()) cut_here.push_back(&link);
        link.cut();
    }
    run_for(milliseconds(550));
    cluster_.kill_worker(host, 0);
    for (Link* link : cut_here) {
        for (auto& packet : link->intercept()) abandoned_.push_back(std::move(packet));
        link->heal();
    }
}

bool SmallWorld::land() {
    if (abandoned_.empty()) return false;
    for (const auto& packet : std::exchange(abandoned_, {})) packet();
    return true;
}

Duration SmallWorld::next_chore(Worker& worker) const {
    const std::int64_t now = worker.process.now().time_since_epoch().count();
    std::int64_t next = now + kSlot.count();
    for (int store = 0; store < worker.pool->size(); ++store) {
        const pool::Health& health = worker.pool->health(store);
        next = std::min(next, health.is_up() ? health.holdings().refill_due_ns.load()
                                             : health.slot().next_probe_ns.load());
    }
    return Duration(std::max<std::int64_t>(next - now, 0));
}

void SmallWorld::chores(int host) {
    const Duration end = world_.now() + kChores;
    Duration step = milliseconds(5);
    while (world_.now() < end) {
        worker(host).policy->after_response();
        run_for(step);
        step = std::min<Duration>(2 * step, milliseconds(500));
        if (worker(host).policy->has_chores()) continue;
        step = milliseconds(5);
        const Duration wait = next_chore(worker(host));
        if (world_.now() + wait >= end) return;
        run_for(wait);
    }
}

void SmallWorld::refill(std::vector<int> hosts) {
    const Duration limit = world_.now() + kChores;
    for (int store = 0; store < kHosts; ++store) {
        std::vector<std::unique_ptr<replica::Refill>> refills;
        for (const int host : hosts)
            if (auto* policy = dynamic_cast<ReplicaPolicy*>(worker(host).policy.get()))
                refills.push_back(policy->begin_whole_refill(store));
        const auto is_done = [](const auto& refill) { return refill->done(); };
        while (!std::ranges::all_of(refills, is_done) && world_.now() < limit && world_.step()) {
        }
    }
    run_for(milliseconds(5));
}

// Where no copy is left, one that was never there is gone as well.
void SmallWorld::expire() {
    const store::SessionKey key = key_of_session(kSession);
    const auto copies = [&] {
        int found = 0;
        for (int store = 0; store < kHosts; ++store)
            found += cluster_.node(store).find(key.text()) != nullptr;
        return found;
    };
    const int before = copies();
    run_for(kLong);
    slot_end_ = world_.now();
    if (copies() > 0) return;
    for (int never_there = kHosts - before; before > 0 && never_there > 0; --never_there)
        aged_.push_back({kSession, world_.now(), true});
}

bool SmallWorld::make_at_store(Event event, SimNode& node) {
    const bool is_paused = node.state() == SimNode::State::Paused;
    switch (event) {
        case Event::Pause:
            node.pause();
            return !is_paused;
        case Event::Continue:
            node.resume();
            return is_paused;
        default:
            break;
    }
    node.kill();
    node.restart_warm(event == Event::RestartWarm
                          ? at_first_[static_cast<std::size_t>(&node != &cluster_.node(0))]
                          : SimNode::Memory{});
    return true;
}

void SmallWorld::cut(bool is_cut) {
    is_cut_ = is_cut;
    for (int host = 0; host < kHosts; ++host) {
        Route& route = cluster_.route(host, 1 - host);
        for (Link* link : {&route.request, &route.reply}) is_cut ? link->cut() : link->heal();
    }
}

void SmallWorld::look_as_stranger(int host) {
    RequestPlan plan;
    plan.client = kStranger;
    plan.by_stranger = true;
    plan.after_heal = true;
    page(host, plan);
}

// As a visitor with a cookie jar, and in the end as somebody who has nothing but the session's id.
void SmallWorld::look(bool after_heal) {
    for (int host = 0; host < kHosts; ++host) {
        for (int number = 0; number < (shape_.one_visitor ? 1 : kHosts); ++number) {
            RequestPlan plan;
            plan.client = number;
            plan.token = visitors_[static_cast<std::size_t>(number)].token;
            plan.after_heal = after_heal;
            page(host, plan);
        }
        if (after_heal) look_as_stranger(host);
    }
}

std::vector<Loss> SmallWorld::all_losses() {
    std::vector<Loss> losses = witness_.losses(1);
    losses.insert(losses.end(), aged_.begin(), aged_.end());
    return losses;
}

Report SmallWorld::judge() {
    if (is_cut_) cut(false);
    for (int store = 0; store < kHosts; ++store) cluster_.node(store).resume();
    land();
    for (int round = 0; round < 3; ++round) {
        end_slot();
        for (int host = 0; host < kHosts; ++host) chores(host);
        look(round == 2);
    }
    end_slot();
    history_.finals.push_back(witness_.final_state(kSession));
    history_.losses = all_losses();
    history_.collisions_aside = witness_.collisions_aside(history_);
    Report report = check(history_);
    balance(history_, report);
    return report;
}

}  // namespace sessmirror::simulation
