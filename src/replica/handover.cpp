// SPDX-License-Identifier: BSD-3-Clause
#include "replica/handover.h"

#include <algorithm>

#include "pool/lock_holds.h"

namespace sessmirror::replica {

int guard_of(pool::Pool& pool, const ReplicaSet& set, int home) noexcept {
    if (const int heir = set.heir(pool); heir >= 0 && heir != home) return heir;
    bool is_behind_home = false;
    for (const int store : set.members()) {
        if (store == home) {
            if (!pool.health(home).is_new_as_home()) return -1;
            is_behind_home = true;
        } else if (pool.is_up(store) && !pool.health(store).is_disproved() &&
                   !(is_behind_home && pool.is_filling(store))) {
            return store;
        }
    }
    return -1;
}

TimePoint settled_at(pool::Pool& pool, const ReplicaSet& set, int home, TimePoint now,
                     Duration longest) noexcept {
    const Duration holds = std::min(2 * pool::LockHolds(pool.page()).longest(), longest);
    if (holds == Duration::zero()) return now;
    TimePoint out = now;
    for (const int store : set.members()) {
        pool::Health& health = pool.health(store);
        if (store == home) return std::max(out, now + holds - std::min(health.back_for(), holds));
        if (!health.is_up()) out = std::max(out, now + holds - std::min(health.down_for(), holds));
    }
    return now;  // no member: the last resort
}

}  // namespace sessmirror::replica
