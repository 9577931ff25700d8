// SPDX-License-Identifier: BSD-3-Clause
#include "replica/replica_set.h"

#include <algorithm>

namespace sessmirror::replica {
namespace {

bool is_good(const pool::Pool& pool, int store) noexcept {
    return pool.is_up(store) && !pool.is_filling(store);
}

bool is_quick(pool::Pool& pool, int store) noexcept {
    return is_good(pool, store) && !pool.health(store).is_late();
}

}  // namespace

ReplicaSet::ReplicaSet(const pool::Pool& pool, const store::SessionKey& key,
                       int redundancy) noexcept
    : copies_(redundancy == Policy::kAllStores ? pool.size() : std::min(redundancy, pool.size())) {
    const pool::Placement& placement = pool.placement();
    const bool is_changing = (placement.joining() | placement.leaving()) != 0;
    ranking_ = pool.rank(key, is_changing ? pool.size() : copies_);
    if (is_changing) join_lists(placement, copies_);
}

// Leaving stores out of a ranking gives the ranking of the list without them.
void ReplicaSet::join_lists(const pool::Placement& placement, int redundancy) noexcept {
    const pool::Ranking all = ranking_;
    std::uint64_t taken = 0;
    const auto take = [&](std::uint64_t left_out, int most) {
        for (const int store : all.all()) {
            if (most == 0) return;
            if ((left_out & store_bit(store)) != 0) continue;
            --most;
            if ((taken & store_bit(store)) == 0)
                ranking_.store[static_cast<std::size_t>(copies_++)] =
                    static_cast<std::uint8_t>(store);
            taken |= store_bit(store);
        }
    };
    copies_ = 0;
    take(placement.joining(), redundancy);
    take(placement.leaving(), redundancy);
    const int members = copies_;
    take(0, all.size);
    copies_ = members;
    for (const int store : all.all())
        if ((placement.leaving() & store_bit(store)) == 0 &&
            heir_count_ < std::min(redundancy, kHeirs))
            heirs_[static_cast<std::size_t>(heir_count_++)] = static_cast<std::uint8_t>(store);
}

int ReplicaSet::heir(const pool::Pool& pool) const noexcept {
    int up = -1;
    for (int i = 0; i < heir_count_; ++i) {
        const int store = heirs_[static_cast<std::size_t>(i)];
        if (is_good(pool, store)) return store;
        if (up < 0 && pool.is_up(store)) up = store;
    }
    return up;
}

bool ReplicaSet::contains(int store) const noexcept {
    const auto set = members();
    return std::find(set.begin(), set.end(), store) != set.end();
}

int ReplicaSet::home(const pool::Pool& pool, std::uint64_t excluded) const noexcept {
    int filling = -1;
    int fallback = -1;
    for (const int store : members()) {
        if (excluded & store_bit(store)) continue;
        if (is_good(pool, store)) return store;
        if (filling < 0 && pool.is_up(store)) filling = store;
        if (fallback < 0) fallback = store;
    }
    return filling >= 0 ? filling : fallback;
}

int ReplicaSet::fastest(pool::Pool& pool, std::uint64_t excluded) const noexcept {
    int best = -1;
    for (const int store : members()) {
        if ((excluded & store_bit(store)) != 0 || !is_quick(pool, store)) continue;
        const Duration latency = pool.health(store).latency();
        const bool is_known = latency > Duration::zero();
        if (best < 0 || (is_known && latency < pool.health(best).latency())) best = store;
    }
    return best;
}

int ReplicaSet::reader(pool::Pool& pool) const noexcept {
    const int local = pool.local();
    if (local >= 0 && contains(local) && is_quick(pool, local)) return local;
    const int best = fastest(pool);
    return best >= 0 ? best : home(pool);
}

}  // namespace sessmirror::replica
