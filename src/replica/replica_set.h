// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <span>

#include "pool/pool.h"
#include "replica/policy.h"
#include "store/session_key.h"

namespace sessmirror::replica {

// The stores that hold one session: the first `redundancy` of its ranking, the same on every host.
// Plain data; health is looked up at each question, since it changes while a request runs.
class ReplicaSet {
  public:
    ReplicaSet() = default;
    ReplicaSet(const pool::Pool& pool, const store::SessionKey& key, int redundancy) noexcept;

    [[nodiscard]] std::span<const std::uint8_t> members() const noexcept {
        return ranking_.all().first(static_cast<std::size_t>(copies_));
    }
    // Every store of the pool, members first.
    [[nodiscard]] std::span<const std::uint8_t> everyone() const noexcept { return ranking_.all(); }
    [[nodiscard]] int copies() const noexcept { return copies_; }
    [[nodiscard]] bool contains(int store) const noexcept;

    // The store that decides about this session: its first member that is up, holds all it should
    // hold (pool::Health) and is not in `excluded` (a bit per store). When none is, the first that
    // is up; then the first that is not excluded: asking a store that is believed dead beats
    // failing without having asked. -1 when all are excluded.
    [[nodiscard]] int home(const pool::Pool& pool, std::uint64_t excluded = 0) const noexcept;
    [[nodiscard]] bool is_first_choice(int store) const noexcept {
        return copies_ > 0 && ranking_.store[0] == store;
    }

    // REQUIRES: both are members.
    [[nodiscard]] bool is_before(int store, int other) const noexcept {
        const auto set = members();
        return std::find(set.begin(), set.end(), store) < std::find(set.begin(), set.end(), other);
    }

    // The member with the lowest measured latency that is up, complete, not late and not excluded;
    // -1: none.
    [[nodiscard]] int fastest(pool::Pool& pool, std::uint64_t excluded = 0) const noexcept;

    // The member that answers fastest from here: the local store when it is a member, else the one
    // with the lowest measured latency. Prefers stores that are up, complete and not late.
    [[nodiscard]] int reader(pool::Pool& pool) const noexcept;

  private:
    pool::Ranking ranking_;
    int copies_ = 0;
};

constexpr std::uint64_t store_bit(int store) noexcept {
    return std::uint64_t{1} << store;
}

}  // namespace sessmirror::replica
