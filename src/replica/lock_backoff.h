// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace sessmirror::replica {

// How long to wait before asking for a held lock again. Stores have no queues, so fairness has to
// come from the waiters: while holders follow each other, the interval shrinks with the time
// already waited, which lets the oldest waiter ask most often. (Growing intervals, the usual
// back-off, starve it: measured 780-840 ms for the slowest of 8 contenders against 330-470 ms.)
// While one holder stays, nothing is won by asking, and the interval grows with the time that it
// has been seen to stay: a lock that is held for five seconds is asked for some 40 times, and given
// up by a process of another host it is taken a quarter of a second later at most. What a process
// of this host gives up is seen in the host page (pool::LockRegistry::releases) and asked for at
// once: see after_release(). Jitter over the upper half keeps waiters apart.
class LockBackoff {
  public:
    static constexpr Duration kFirst = milliseconds(2);     // most locks are short
    static constexpr Duration kLongest = milliseconds(16);  // newcomers among many waiters
    static constexpr Duration kShortest = milliseconds(2);
    static constexpr Duration kHalving = milliseconds(80);  // waited time that halves the interval
    static constexpr int kPatience = 4;  // parts of the time that a holder stayed
    static constexpr Duration kCalm = milliseconds(250);
    // How often the host page is looked at meanwhile: it costs no message, but a wake-up.
    static constexpr Duration kLook = milliseconds(2);
    static constexpr Duration kCalmLook = milliseconds(5);
    static constexpr Duration kEager = milliseconds(500);  // how long the first is looked at

    // `held`: since when the present holder has been seen to hold it.
    [[nodiscard]] Duration next(Duration waited, Duration held, Random& random) noexcept {
        const Duration turn = first_ ? kFirst : shrunk(kLongest, waited, kShortest);
        first_ = false;
        const Duration interval = std::clamp(held / kPatience, turn, kCalm);
        return jitter(interval / 2, interval, random);
    }

    // The oldest waiters of the host ask at once, newcomers a moment later.
    [[nodiscard]] static Duration after_release(Duration waited, Random& random) noexcept {
        return jitter(Duration::zero(), shrunk(kLongest / 4, waited, Duration::zero()), random);
    }

    [[nodiscard]] static Duration look(Duration waited) noexcept {
        return waited < kEager ? kLook : kCalmLook;
    }

  private:
    static Duration shrunk(Duration interval, Duration waited, Duration shortest) noexcept {
        for (Duration age = waited; age >= kHalving && interval > shortest; age -= kHalving)
            interval /= 2;
        return std::max(interval, shortest);
    }
    static Duration jitter(Duration least, Duration most, Random& random) noexcept {
        const auto width = static_cast<std::uint64_t>((most - least).count());
        return least + Duration(static_cast<std::int64_t>(random.below(width + 1)));
    }

    bool first_ = true;
};

}  // namespace sessmirror::replica
