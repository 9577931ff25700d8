// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/run.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <utility>

#include "replica/ack_rule.h"
#include "simulation/ledger.h"
#include "simulation/replica_policy.h"
#include "simulation/witness.h"
#include "simulation/wrong_policies.h"

namespace sessmirror::simulation {
namespace {

using std::chrono::seconds;

constexpr std::uint32_t kLeaseS = 3;
constexpr Duration kLockWait = seconds(5);
constexpr Duration kPatience = seconds(600);  // after which a run counts as stuck
constexpr Duration kSettling = seconds(15);   // leases, retransmissions and back-offs are shorter

replica::Policy policy_for(const RunOptions& options) noexcept {
    replica::Policy policy;
    policy.redundancy = options.redundancy;
    policy.ack = options.ack;
    policy.locking = options.locking;
    policy.on_conflict = options.on_conflict;
    policy.freshness = options.freshness;
    policy.hedges = options.hedges;
    policy.lock_lease_s = kLeaseS;
    policy.lock_wait = kLockWait;
    return policy;
}

// Deployments differ, so seeds do.
ClusterShape shape_for(const RunOptions& options) {
    SeededRandom random = World(options.seed).stream("shape");
    ClusterShape shape;
    shape.hosts = options.hosts;
    shape.cas_mode = random.chance(0.5) ? CasMode::NodeCounts : CasMode::ClientChooses;
    shape.io_timeout = milliseconds(random.between(100, 250));
    if (options.mix == Mix::Cuts || options.mix == Mix::Everything) shape.packet_loss = 0.001;
    return shape;
}

PolicyFactory factory_for(const RunOptions& options, const replica::Policy& policy) {
    switch (options.subject) {
        case Subject::BlindMirror:
            return [](Worker& worker) { return std::make_unique<BlindMirror>(worker); };
        case Subject::LeaderlessCas:
            return [](Worker& worker) { return std::make_unique<LeaderlessCas>(worker); };
        case Subject::Production:
            break;
    }
    ReplicaPolicy::Habits habits;
    habits.refills = options.refills;
    habits.lifetime_s = options.lifetime_s;
    return [&policy, habits](Worker& worker) {
        return std::make_unique<ReplicaPolicy>(worker, policy, habits);
    };
}

void run_crowd(World& world, Visitors& visitors, Nemesis& nemesis) {
    visitors.start();
    nemesis.start();
    while (!visitors.all_done() && world.now() < kPatience && world.step()) {
    }
    nemesis.heal();
}

RunResult::Service service_of(const History& history, const Counts& counts) {
    RunResult::Service service;
    service.escalated = counts[static_cast<std::size_t>(pool::Counter::Fallbacks)];
    for (const Call& call : history.calls) {
        if (call.kind != CallKind::Read) continue;
        ++service.requests;
        service.known_stale += call.flags.stale;
        service.unavailable += call.status == CallStatus::Fail;
    }
    return service;
}

// More than once, because the first look is what makes returned stores known. Stores are looked
// after once a minute where nothing calls for it, and only by hosts that serve pages.
void look_around(World& world, Visitors& visitors) {
    for (const bool settled : {false, false, false, false, false, true}) {
        world.run_until(world.now() + kSettling);
        visitors.look_around(settled);
    }
    world.run_until(world.now() + kSettling);
}

void collect(RunResult& result, Cluster& cluster, Witness& witness, const Visitors& visitors) {
    for (int session = 0; session < visitors.sessions(); ++session)
        result.history.finals.push_back(witness.final_state(session));
    result.history.losses = witness.losses(visitors.sessions());
    result.counts = cluster.counts();
    result.history.collisions_aside = witness.collisions_aside(result.history);
}

}  // namespace

RunOptions settled(const RunOptions& asked) {
    if (asked.mix != Mix::Swarm) return asked;
    RunOptions options = asked;
    SeededRandom random = World(asked.seed).stream("settings");
    const auto one_of = [&random](auto... choices) {
        const std::array all{choices...};
        return all[random.below(all.size())];
    };
    using replica::Ack, replica::Locking, replica::OnConflict;
    options.hosts = random.between(2, 5);
    options.redundancy = random.between(2, options.hosts);
    options.locking = one_of(Locking::On, Locking::Optimistic, Locking::Off);
    options.on_conflict =
        one_of(OnConflict::Merge, OnConflict::Merge, OnConflict::Mine, OnConflict::Fail);
    options.ack = one_of(Ack::All, Ack::All, Ack::Majority, Ack::One);
    options.hedges = random.chance(0.7);
    options.lifetime_s = one_of(600u, 600u, 20u);
    options.between_faults = random.between(milliseconds(300), milliseconds(4000));
    options.crowd.with_tabs = one_of(0.0, 0.25);
    options.crowd.early_headers = one_of(0.0, 0.3);
    options.crowd.coming_back = one_of(0.0, 0.5);
    options.crowd.destroying = one_of(0.02, 0.1);
    return options;
}

RunResult simulate(const RunOptions& asked) {
    const RunOptions options = settled(asked);
    RunResult result;
    const replica::Policy policy = policy_for(options);
    // With `ack` other than `all` the rest may never arrive.
    const replica::AckRule acks{options.ack, std::min(options.redundancy, options.hosts)};
    result.history.copies = acks.enough();
    result.history.deadline = policy.deadline;
    result.history.lock_wait = policy.lock_wait;

    World world(options.seed);
    Cluster cluster(world, shape_for(options), factory_for(options, policy));
    Witness witness(cluster, options.redundancy);
    Visitors visitors(cluster, witness, result.history, options.crowd);
    Nemesis nemesis(cluster, options.mix, options.between_faults, seconds(kLeaseS));

    run_crowd(world, visitors, nemesis);
    result.finished = visitors.all_done();
    result.service = service_of(result.history, cluster.counts());
    look_around(world, visitors);
    collect(result, cluster, witness, visitors);
    result.faults = nemesis.faults_made();
    result.events = world.events_run();
    result.virtual_time = world.now();
    result.report = check(result.history);
    balance(result.history, result.report);
    return result;
}

std::vector<Finding> promises(const RunOptions& asked) {
    const RunOptions options = settled(asked);
    using enum Finding;
    // Under any fault: what is in reach is found, what was acknowledged by more stores than were
    // lost is kept, nobody takes a lock from its holder, calls end in time.
    std::vector<Finding> never = {LoggedOut, LostCopy, LockBroken, Overtime};
    const bool locked = options.locking == replica::Locking::On;
    // A client that sends one request at a time has the token of its last answer. Where several
    // overlap, a slow answer may bring an older token than one that it overtook.
    const bool has_tokens =
        options.crowd.keeps_tokens && options.freshness == replica::Freshness::Token;
    if (options.crowd.with_tabs == 0 && has_tokens)
        never.insert(never.end(), {StaleRead, WentBack, Resurrection});
    const bool optimistic = options.locking == replica::Locking::Optimistic;
    if (locked) never.push_back(LockShared);
    if (locked || optimistic) never.push_back(SilentLoss);
    if (optimistic && (options.mix == Mix::None || options.mix == Mix::Workers))
        never.push_back(LostUpdate);
    if (options.mix == Mix::None || options.mix == Mix::Workers) never.push_back(Haunting);
    // Nobody hears of an eviction before somebody reads the session there.
    const bool evicts = options.mix == Mix::Storage || options.mix >= Mix::Everything;
    if (!evicts) never.push_back(Behind);
    if (locked && (options.mix == Mix::None || options.mix == Mix::Workers))
        never.insert(never.end(), {StaleRead, WentBack, Risen, Diverged, SplitHome});
    if (options.mix == Mix::None) never.push_back(Failed);
    if (locked && options.mix == Mix::None) never.insert(never.end(), {LostUpdate, Fork});
    return never;
}

std::vector<std::string> broken_promises(const RunOptions& options, const RunResult& result) {
    std::vector<std::string> broken;
    if (!result.finished) broken.emplace_back("a request never ended");
    for (const Finding finding : promises(options)) {
        const auto& examples = result.report.examples(finding);
        broken.insert(broken.end(), examples.begin(), examples.end());
    }
    return broken;
}

std::string replay_arguments(const RunOptions& options) {
    std::string text = "--seed=" + std::to_string(options.seed) + " --mix=" + mix_name(options.mix);
    if (options.mix == Mix::Swarm) return text;
    text += " --hosts=" + std::to_string(options.hosts);
    text += " --redundancy=" + std::to_string(options.redundancy);
    if (options.locking == replica::Locking::Off) text += " --locking=off";
    if (!options.crowd.keeps_tokens) text += " --tokens=0";
    if (!options.refills) text += " --refill=0";
    if (!options.hedges) text += " --hedge=0";
    if (options.freshness == replica::Freshness::Probe) text += " --freshness=probe";
    if (options.freshness == replica::Freshness::Majority) text += " --freshness=majority";
    if (options.freshness == replica::Freshness::Local) text += " --freshness=local";
    if (options.crowd.with_tabs != Crowd{}.with_tabs)
        text += " --tabs=" + std::to_string(static_cast<int>(options.crowd.with_tabs * 100));
    const auto gap = std::chrono::duration_cast<milliseconds>(options.between_faults).count();
    if (options.between_faults != RunOptions{}.between_faults)
        text += " --fault-every=" + std::to_string(gap);
    if (options.locking == replica::Locking::Optimistic) text += " --locking=optimistic";
    if (options.on_conflict == replica::OnConflict::Fail) text += " --on-conflict=fail";
    if (options.on_conflict == replica::OnConflict::Mine) text += " --on-conflict=mine";
    return text;
}

std::string to_text(const History& history) {
    static constexpr const char* kKinds[] = {"read", "write", "destroy"};
    static constexpr const char* kStatus[] = {"ok", "fail", "unknown"};
    std::string out;
    char line[320];
    for (const Call& call : history.calls) {
        const Flags& flags = call.flags;
        std::snprintf(line, sizeof line,
                      "%12.6f %12.6f session %-4d client %-3d host %d worker %-3d %-7s %-7s %s "
                      "token %" PRIu32 " %" PRIu32 ".%08" PRIx32 " parent %" PRIu32 ".%08" PRIx32
                      " op %-5" PRIu32 " of %-4zu%s%s%s%s%s%s %s\n",
                      std::chrono::duration<double>(call.invoked).count(),
                      std::chrono::duration<double>(call.returned).count(), call.session,
                      call.client, call.host, call.worker, kKinds[static_cast<int>(call.kind)],
                      kStatus[static_cast<int>(call.status)], call.found ? "found" : "-    ",
                      call.token.generation, call.version.generation, call.version.nonce,
                      call.parent.generation, call.parent.nonce, call.op, call.ops.size(),
                      flags.conflict ? " conflict" : "", flags.failover ? " failover" : "",
                      flags.lock_lost ? " lock-lost" : "", flags.degraded ? " degraded" : "",
                      flags.waited ? " waited" : "", flags.stale ? " stale" : "", call.error);
        out += line;
    }
    for (const Loss& loss : history.losses) {
        std::snprintf(line, sizeof line, "%12.6f %12s session %-4d a copy was lost\n",
                      std::chrono::duration<double>(loss.when).count(), "", loss.session);
        out += line;
    }
    return out;
}

}  // namespace sessmirror::simulation
