// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "replica/operation.h"
#include "replica/reconciliation.h"

namespace sessmirror::replica {

// Others' writes that a round has met, until the next round takes them in. Counts what that costs,
// and logs it where a lock should have prevented it.
class Rivals {
  public:
    // Both outlive this.
    Rivals(const Environment& env, Reconciliation& reconciliation) noexcept
        : env_(env), reconciliation_(reconciliation) {}

    void add(Rival rival) { met_.push_back(std::move(rival)); }
    [[nodiscard]] bool empty() const noexcept { return met_.empty(); }

    // `by_tombstone`: what is written is the session's end. Throws std::bad_alloc.
    void settle(bool by_tombstone);

  private:
    void report(const char* settlement) noexcept;

    const Environment& env_;
    Reconciliation& reconciliation_;
    std::vector<Rival> met_;
};

}  // namespace sessmirror::replica
