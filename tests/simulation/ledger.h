// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "simulation/checker.h"
#include "simulation/history.h"

namespace sessmirror::simulation {

// Balances what was acknowledged against what was kept, counted and told, change by change.
//
// Losses. An acknowledged change that is gone in the end must be covered by one of
//   - its own end: its session was destroyed after a page had read it, by whomever. A change made
//     from a destroyed session's content belongs to that session's end as well, whenever it was
//     made; one made by a page that found no session starts a new life, which that end does not
//     cover;
//   - as many lost copies as had acknowledged it (SessionHistory::may_be_lost);
//   - a read that told its own visitor, by the known-stale mark, that it was missing;
//   - one unit of the counter of collisions. One unit covers one change, and a degraded write, a
//     failover or a conflict without a loser covers nothing.
// What no unit is left for is an UncountedLoss; a MiscountedLoss if its session had some.
//
// Guarantees. Per visitor, who has one cookie jar, and as Terry et al. define them (Session
// Guarantees for Weakly Consistent Replicated Data, PDIS 1994): a read shows the visitor's own
// earlier changes (else OwnUnseen) and what its earlier reads showed (SeenUnseen), unless it, or an
// earlier read of the same visitor, was marked as known stale without it; whoever sees a change
// sees what the same visitor (WriteOrder) or another (CauseUnseen) had changed before it was made.
// Only changes that are there in the end are asked for: the others are losses, and counted once.
void balance(const History& history, Report& report);

}  // namespace sessmirror::simulation
