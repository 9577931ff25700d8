// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "replica/policy.h"
#include "simulation/checker.h"
#include "simulation/cluster.h"
#include "simulation/history.h"
#include "simulation/nemesis.h"
#include "simulation/visitors.h"

namespace sessmirror::simulation {

// What keeps the sessions in a run.
enum class Subject : std::uint8_t {
    Production,
    BlindMirror,    // wrong on purpose, see wrong_policies.h
    LeaderlessCas,  // wrong on purpose
};

struct RunOptions {
    std::uint64_t seed = 1;
    Mix mix = Mix::None;
    Duration between_faults = milliseconds(900);  // mean
    Subject subject = Subject::Production;
    replica::Locking locking = replica::Locking::On;
    replica::OnConflict on_conflict = replica::OnConflict::Merge;
    replica::Freshness freshness = replica::Freshness::Token;
    bool refills = true;  // stores are looked after
    bool hedges = true;
    int hosts = 2;
    int redundancy = 2;
    replica::Ack ack = replica::Ack::All;
    std::uint32_t lifetime_s = 600;  // of sessions
    Crowd crowd;
};

// What a run is really done with: under Mix::Swarm the seed draws all settings, otherwise as asked.
RunOptions settled(const RunOptions& asked);

struct RunResult {
    History history;
    Report report;
    bool finished = false;  // every request came to an end
    int faults = 0;
    std::uint64_t events = 0;
    Duration virtual_time{};
    Counts counts{};  // of all hosts
    // Of what visitors asked for while things went wrong, so without the looks afterwards.
    struct Service {
        std::uint64_t requests = 0;
        std::uint64_t known_stale = 0;
        std::uint64_t unavailable = 0;  // their session could not be started
        std::uint64_t escalated = 0;    // other stores than the first had to be asked
    };
    Service service;
};

// One history from one seed: the crowd works while the nemesis does its worst, then everything
// heals, every session is looked at from every host, and the checker has its say. The same options
// give the same result on every machine.
RunResult simulate(const RunOptions& options);

// The findings that these options promise never to have.
std::vector<Finding> promises(const RunOptions& options);
// The promised findings of a result, as text; empty when every promise was kept.
std::vector<std::string> broken_promises(const RunOptions& options, const RunResult& result);

// The arguments that make the test program repeat a run.
std::string replay_arguments(const RunOptions& options);
// A history as text, one line for each call.
std::string to_text(const History& history);

}  // namespace sessmirror::simulation
