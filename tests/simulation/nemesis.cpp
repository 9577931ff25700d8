// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/nemesis.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sessmirror::simulation {
namespace {

constexpr Duration kBetweenSnapshots = milliseconds(1500);
constexpr double kEvictedShare = 0.1;

constexpr std::array<const char*, static_cast<std::size_t>(Mix::kCount)> kMixNames = {
    "none", "workers", "restarts", "pauses", "cuts", "storage", "warm", "everything", "swarm"};

}  // namespace

const char* mix_name(Mix mix) noexcept {
    return kMixNames[static_cast<std::size_t>(mix)];
}

std::optional<Mix> parse_mix(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kMixNames.size(); ++i)
        if (name == kMixNames[i]) return static_cast<Mix>(i);
    return std::nullopt;
}

std::vector<Fault> faults_of(Mix mix) {
    using enum Fault;
    switch (mix) {
        case Mix::None:
            return {};
        case Mix::Workers:
            return {KillWorker, PauseWorker};
        case Mix::Restarts:
            return {RestartEmpty, KillWorker};
        case Mix::Pauses:
            return {PauseStore, PauseWorker};
        case Mix::Cuts:
            return {Cut};
        case Mix::Storage:
            return {Evict, Full, ShuffleCas};
        case Mix::Warm:
            return {RestartWarm};
        case Mix::Swarm:
            return {KillWorker, PauseWorker, RestartEmpty, RestartWarm, PauseStore, Cut,
                    Evict,      Full,        ShuffleCas,   Reload,      JumpClock};
        case Mix::Everything:
        case Mix::kCount:
            break;
    }
    return {KillWorker, PauseWorker, RestartEmpty, RestartWarm, PauseStore,
            Cut,        Evict,       Full,         ShuffleCas};
}

Nemesis::Nemesis(Cluster& cluster, Mix mix, Duration between, Duration lease)
    : cluster_(cluster),
      world_(cluster.world()),
      mix_(mix),
      between_(between),
      lease_(lease),
      random_(world_.stream("nemesis")),
      faults_(faults_of(mix)),
      disturbed_(static_cast<std::size_t>(cluster.stores())),
      snapshots_(static_cast<std::size_t>(cluster.stores())) {}

void Nemesis::start() {
    if (mix_ == Mix::Swarm) std::erase_if(faults_, [this](Fault) { return random_.chance(0.5); });
    if (faults_.empty()) return;
    take_snapshot();
    plan_next();
}

void Nemesis::take_snapshot() {
    if (healed_) return;
    const int store = random_.between(0, cluster_.stores() - 1);
    if (cluster_.node(store).state() == SimNode::State::Up)
        snapshots_[static_cast<std::size_t>(store)] = cluster_.node(store).memory();
    world_.after(kBetweenSnapshots, [this] { take_snapshot(); });
}

void Nemesis::plan_next() {
    world_.after(random_.exponential(between_), [this] {
        if (healed_) return;
        make(faults_[random_.below(faults_.size())]);
        plan_next();
    });
}

void Nemesis::make(Fault fault) {
    switch (fault) {
        case Fault::KillWorker:
        case Fault::PauseWorker:
            return disturb_worker(fault);
        case Fault::Cut:
            return cut_route();
        case Fault::Reload:
        case Fault::JumpClock:
            return disturb_host(fault);
        default:
            return disturb_store(fault);
    }
}

bool Nemesis::may_disturb(int store) const noexcept {
    if (mix_ == Mix::Everything) return true;
    int others_sound = 0;
    for (int s = 0; s < static_cast<int>(disturbed_.size()); ++s)
        others_sound += s != store && disturbed_[static_cast<std::size_t>(s)] == 0 ? 1 : 0;
    return others_sound > 0;
}

void Nemesis::undo_later(int store, Duration after, std::function<void()> undo) {
    ++made_;
    if (store != kNoStore) ++disturbed_[static_cast<std::size_t>(store)];
    auto pending = std::make_shared<Pending>(Pending{store, std::move(undo)});
    pending_.push_back(pending);
    world_.after(after, [this, pending] {
        if (!pending->undo) return;
        std::exchange(pending->undo, nullptr)();
        if (pending->store != kNoStore) --disturbed_[static_cast<std::size_t>(pending->store)];
    });
}

void Nemesis::disturb_store(Fault fault) {
    const int store = random_.between(0, cluster_.stores() - 1);
    SimNode& node = cluster_.node(store);
    if (!may_disturb(store) || node.state() != SimNode::State::Up) return;
    const Duration after = random_.between(milliseconds(50), milliseconds(3000));
    switch (fault) {
        case Fault::RestartEmpty:
            node.kill();
            return undo_later(store, after, [&node] { node.restart_empty(); });
        case Fault::RestartWarm:
            node.kill();
            return undo_later(store, after, [this, &node, store] {
                node.restart_warm(snapshots_[static_cast<std::size_t>(store)]);
            });
        case Fault::PauseStore:
            node.pause();
            return undo_later(store, after, [&node] { node.resume(); });
        case Fault::Full:
            node.set_full(true);
            return undo_later(store, after / 4, [&node] { node.set_full(false); });
        case Fault::Evict:
            evict(node);
            return undo_later(store, after, [] {});
        default:
            for (const auto& item : SimNode::Memory(node.memory()).items)
                node.shuffle_cas(item.first);
            ++made_;
    }
}

void Nemesis::evict(SimNode& node) {
    const SimNode::Memory memory = node.memory();
    for (const auto& item : memory.items)
        if (random_.chance(kEvictedShare)) node.evict(item.first);
    for (const auto& lock : memory.locks)
        if (random_.chance(kEvictedShare)) node.evict_lock(lock.first);
}

void Nemesis::disturb_worker(Fault fault) {
    const int host = random_.between(0, cluster_.hosts() - 1);
    const int place = random_.between(0, cluster_.workers_per_host() - 1);
    if (fault == Fault::KillWorker) {
        cluster_.kill_worker(host, place);
        ++made_;
        return;
    }
    Worker& worker = cluster_.worker(host, place);
    worker.process.pause();
    undo_later(kNoStore, random_.between(milliseconds(10), 2 * lease_),
               [&worker] { worker.process.resume(); });
}

void Nemesis::disturb_host(Fault fault) {
    const int host = random_.between(0, cluster_.hosts() - 1);
    ++made_;
    if (fault == Fault::Reload) return cluster_.reload(host);
    cluster_.jump_clock(host, random_.between(-3600, 3600));
}

void Nemesis::cut_route() {
    const int host = random_.between(0, cluster_.hosts() - 1);
    const int store = random_.between(0, cluster_.stores() - 1);
    // A host is never cut from itself; both hosts' ways are cut only where that was asked for.
    if (host == store || !may_disturb(store)) return;
    Route& route = cluster_.route(host, store);
    if (route.request.is_cut() || route.reply.is_cut()) return;
    const int which = random_.between(0, 2);
    if (which != 1) route.request.cut();
    if (which != 0) route.reply.cut();
    undo_later(store, random_.between(milliseconds(50), milliseconds(4000)), [&route] {
        if (route.request.is_cut()) route.request.heal();
        if (route.reply.is_cut()) route.reply.heal();
    });
}

void Nemesis::heal() {
    healed_ = true;
    for (const auto& pending : pending_)
        if (pending->undo) std::exchange(pending->undo, nullptr)();
}

}  // namespace sessmirror::simulation
