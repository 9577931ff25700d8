// SPDX-License-Identifier: BSD-3-Clause
#include "replica/replica_set.h"

#include <algorithm>

namespace sessmirror::replica {

ReplicaSet::ReplicaSet(const pool::Pool& pool, const store::SessionKey& key,
                       int redundancy) noexcept
    : ranking_(pool.rank(key)),
      copies_(redundancy == Policy::kAllStores ? ranking_.size
                                               : std::min(redundancy, ranking_.size)) {}

bool ReplicaSet::contains(int store) const noexcept {
    const auto set = members();
    return std::find(set.begin(), set.end(), store) != set.end();
}

int ReplicaSet::home(const pool::Pool& pool, std::uint64_t excluded) const noexcept {
    int fallback = -1;
    for (const int store : members()) {
        if (excluded & store_bit(store)) continue;
        if (pool.is_up(store)) return store;
        if (fallback < 0) fallback = store;
    }
    return fallback;
}

int ReplicaSet::reader(pool::Pool& pool) const noexcept {
    if (pool.local() >= 0 && contains(pool.local()) && pool.is_up(pool.local()))
        return pool.local();
    int best = home(pool);
    for (const int store : members()) {
        const Duration latency = pool.health(store).latency();
        if (pool.is_up(store) && latency > Duration::zero() &&
            latency < pool.health(best).latency())
            best = store;
    }
    return best;
}

}  // namespace sessmirror::replica
