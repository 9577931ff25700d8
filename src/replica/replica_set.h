// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <span>

#include "pool/pool.h"
#include "replica/policy.h"
#include "store/session_key.h"

namespace sessmirror::replica {

// The stores that hold one session: the first `redundancy` of its ranking, the same on every host.
//
// While the list is being changed (store::ListChange) two lists are in force, the one before and
// the one after, and web servers with either serve beside those that know both. Members are then
// the session's stores by both lists, those of the list before in front: its home is the one that
// servers with the list before know, and heir() the one that servers with the list after know.
//
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

    // The home by the list after the change that is under way; -1: none is.
    [[nodiscard]] int heir(const pool::Pool& pool) const noexcept;

    // The member with the lowest measured latency that is up, complete, not late and not excluded;
    // -1: none.
    [[nodiscard]] int fastest(pool::Pool& pool, std::uint64_t excluded = 0) const noexcept;

    // The member that answers fastest from here: the local store when it is a member, else the one
    // with the lowest measured latency. Prefers stores that are up, complete and not late.
    [[nodiscard]] int reader(pool::Pool& pool) const noexcept;

  private:
    // As many as can matter: the first of them that is up is the heir.
    static constexpr int kHeirs = 4;

    void join_lists(const pool::Placement& placement, int redundancy) noexcept;

    pool::Ranking ranking_;
    int copies_ = 0;
    int heir_count_ = 0;
    std::array<std::uint8_t, kHeirs> heirs_{};
};

constexpr std::uint64_t store_bit(int store) noexcept {
    return std::uint64_t{1} << store;
}

}  // namespace sessmirror::replica
