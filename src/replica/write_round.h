// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <memory_resource>

#include "base/inline_memory.h"
#include "replica/guarded_put.h"

namespace sessmirror::replica {

// The puts that bring one version to the stores, and what has become of them so far. A write begins
// a round for each version that it draws. Puts stay where they are until the end, since stores hold
// pointers to them.
class WriteRound {
  public:
    enum class Order : std::uint8_t {
        HomeFirst,   // the home decides, then the mirrors are written
        NearMirror,  // the mirror on this host, then all others at once
        AllTogether,
    };

    // REQUIRES: no put of the round before is pending.
    void begin() noexcept {
        ++number_;
        acked_ = 0;
        size_ = 0;
        is_at_home_ = may_be_stored_ = false;
    }
    void arrange(int home, Order order) noexcept {
        home_ = home;
        order_ = order;
    }

    GuardedPut& add(const Environment& env, SessionView& view, const Outgoing& outgoing, int store,
                    GuardedPutListener& listener) {
        ++pending_;
        ++size_;
        return puts_.emplace_back(env, view, outgoing, store, listener);
    }
    // For each put when it has ended.
    void settle(const GuardedPut& put) noexcept {
        --pending_;
        may_be_stored_ |= put.outcome() != GuardedPut::Outcome::Superseded;
        if (put.outcome() != GuardedPut::Outcome::Stored) return;
        acknowledge(put.store());
        is_at_home_ |= put.store() == home_;
    }
    // A store that did not take the version needs it no more.
    void acknowledge(int store) noexcept { acked_ |= store_bit(store); }

    // Answers with the next home, -1 if no member is left.
    int fail_over(const ReplicaSet& set, pool::Pool& pool) noexcept {
        failed_homes_ |= store_bit(home_);
        return home_ = home_in(set, pool);
    }
    [[nodiscard]] int home_in(const ReplicaSet& set, pool::Pool& pool) const noexcept {
        return set.home(pool, failed_homes_);
    }

    // The first is 1.
    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] int home() const noexcept { return home_; }
    [[nodiscard]] Order order() const noexcept { return order_; }
    // A bit for each store that has the version, or needs it no more.
    [[nodiscard]] std::uint64_t acked() const noexcept { return acked_; }
    [[nodiscard]] bool is_pending() const noexcept { return pending_ > 0; }
    // The home took the version.
    [[nodiscard]] bool is_at_home() const noexcept { return is_at_home_; }
    // Some store took it, or may take it yet.
    [[nodiscard]] bool may_be_stored() const noexcept { return may_be_stored_; }

    // Of this round. (A std::ranges::subrange is more than clang 14 understands of g++ 12's
    // library.)
    class Puts {
      public:
        using Iterator = std::pmr::list<GuardedPut>::iterator;
        Puts(Iterator begin, Iterator end) noexcept : begin_(begin), end_(end) {}
        [[nodiscard]] Iterator begin() const noexcept { return begin_; }
        [[nodiscard]] Iterator end() const noexcept { return end_; }

      private:
        Iterator begin_;
        Iterator end_;
    };
    [[nodiscard]] Puts puts() noexcept { return {std::prev(puts_.end(), size_), puts_.end()}; }

  private:
    // The usual number needs no memory beyond this object.
    static constexpr std::size_t kUsualPuts = 3;
    static constexpr std::size_t kLinks = 2 * sizeof(void*);  // of a list's node
    InlineMemory<kUsualPuts*(sizeof(GuardedPut) + kLinks)> memory_;
    std::pmr::list<GuardedPut> puts_{memory_.get()};  // of all rounds
    int number_ = 0;
    int size_ = 0;
    int pending_ = 0;
    std::uint64_t acked_ = 0;
    int home_ = -1;
    Order order_ = Order::HomeFirst;
    bool is_at_home_ = false;
    bool may_be_stored_ = false;
    std::uint64_t failed_homes_ = 0;
};

}  // namespace sessmirror::replica
