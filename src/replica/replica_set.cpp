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
    int filling = -1;
    int fallback = -1;
    for (const int store : members()) {
        if (excluded & store_bit(store)) continue;
        if (pool.is_up(store) && !pool.is_filling(store)) return store;
        if (filling < 0 && pool.is_up(store)) filling = store;
        if (fallback < 0) fallback = store;
    }
    return filling >= 0 ? filling : fallback;
}

int ReplicaSet::reader(pool::Pool& pool) const noexcept {
    const auto is_good = [&](int store) { return pool.is_up(store) && !pool.is_filling(store); };
    if (pool.local() >= 0 && contains(pool.local()) && is_good(pool.local())) return pool.local();
    int best = home(pool);
    for (const int store : members()) {
        const Duration latency = pool.health(store).latency();
        if (is_good(store) && latency > Duration::zero() &&
            (!is_good(best) || latency < pool.health(best).latency()))
            best = store;
    }
    return best;
}

}  // namespace sessmirror::replica
