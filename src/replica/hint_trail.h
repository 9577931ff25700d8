// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/guarded_put.h"
#include "replica/outgoing.h"
#include "replica/write_round.h"

namespace sessmirror::replica {

// Collects the compare-and-set tokens of a round's copies, as stores acknowledge them, in the
// hints that the later copies are stored with (Outgoing::hints), and leaves what became known after
// a copy was put with the stores that lack it (store::Store::leave_hint).
class HintTrail {
  public:
    // All of it outlives this.
    HintTrail(const Environment& env, const SessionView& view, Outgoing& outgoing) noexcept
        : env_(env), view_(view), outgoing_(outgoing) {}

    // For each round, once its record is made and its home known.
    void begin(int home, bool is_tombstone) noexcept {
        is_wanted_ = !is_tombstone && needs_hints(env_.pool, view_.set(), home);
    }
    // Whether the next writer would have to ask a store for its token.
    [[nodiscard]] bool is_wanted() const noexcept { return is_wanted_; }

    // A put has stored its copy under this token.
    void note(int store, store::Cas cas) noexcept {
        if (is_wanted_) outgoing_.hints.add(token_source(env_.pool, store), cas);
    }

    // REQUIRES: no put of the round is pending.
    void leave(WriteRound& round) const noexcept;

  private:
    [[nodiscard]] bool has_news_for(const GuardedPut& put, int home_store) const noexcept;

    const Environment& env_;
    const SessionView& view_;
    Outgoing& outgoing_;
    bool is_wanted_ = false;
};

}  // namespace sessmirror::replica
