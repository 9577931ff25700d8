// SPDX-License-Identifier: BSD-3-Clause
#include "replica/rivals.h"

#include <algorithm>

namespace sessmirror::replica {

void Rivals::settle(bool by_tombstone) {
    // The home's first: what mirrors hold is joined to what was decided there.
    std::stable_partition(met_.begin(), met_.end(),
                          [](const Rival& rival) { return rival.is_at_home; });
    Lineage met;
    for (const Rival& rival : met_) {
        if (met.covers(rival.envelope.version)) continue;
        met.add(rival.envelope);
        if (by_tombstone) {
            reconciliation_.overrule(rival);
            report("it stays destroyed");
            continue;
        }
        const auto outcome = reconciliation_.absorb(rival);
        const bool is_merged = outcome.way == Reconciliation::Way::Merged;
        if (is_merged) env_.pool.count(pool::Counter::Merges);
        env_.pool.count(pool::Counter::Collisions, outcome.collisions);
        report(!is_merged ? "this request's data replace the other's"
               : outcome.collisions == 0
                   ? "the changes of both were merged"
                   : "the changes of both were merged, but for keys that both "
                     "had changed: of these, one value was lost");
    }
    met_.clear();
}

void Rivals::report(const char* settlement) noexcept {
    if (env_.policy.locking != Locking::On) return;
    env_.pool.journal().add(
        Severity::Warning,
        "a session was changed by another request although this one held, or had held, its lock "
        "(lease over, or its home changed); %s",
        settlement);
}

}  // namespace sessmirror::replica
