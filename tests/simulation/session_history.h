// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <unordered_map>
#include <vector>

#include "simulation/history.h"

namespace sessmirror::simulation {

// The part of a history that concerns one session, in the orders that the checks need. Points into
// the history.
struct SessionHistory {
    static constexpr Duration kNever = Duration::max();

    std::vector<const Call*> calls;    // all, by invocation
    std::vector<const Call*> reads;    // answered, by the time they were sent
    std::vector<const Call*> writes;   // acknowledged writes and destroys, by return
    std::vector<const Call*> flagged;  // calls that reported trouble, by return
    std::vector<const Hold*> holds;    // by start
    std::vector<Duration> losses;      // of copies, by time
    std::vector<Duration> aged;        // the same, of those that were not a fault's
    const FinalState* final = nullptr;
    Duration destroyed_from = kNever;  // first invocation of a destroy

    // Acknowledged changes by the time of their acknowledgement.
    std::unordered_map<OpId, const Call*> acknowledged;

    [[nodiscard]] bool was_destroyed() const noexcept { return destroyed_from != kNever; }
    // Whether every acknowledging store may have lost its copy since.
    [[nodiscard]] bool may_be_lost(const Call& write, int copies) const noexcept;
    // The same by faults alone: that a tombstone has outlived its lifetime is no reason for
    // anything to come back.
    [[nodiscard]] bool may_be_forgotten(const Call& destroy, int copies) const noexcept;
    // Whether a call that was under way at some time in between reported another writer's version
    // in its way. Then there are two newest versions, and a reader may see either.
    [[nodiscard]] bool reported_conflict(Duration from, Duration to) const noexcept;
    [[nodiscard]] bool final_has(OpId op) const noexcept;
};

std::vector<SessionHistory> by_session(const History& history);

}  // namespace sessmirror::simulation
