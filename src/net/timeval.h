// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/time.h>

#include "base/clock.h"

namespace sessmirror::net {

// Rounded up, so that what waits for it is not early; negative durations become zero.
inline timeval to_timeval(Duration duration) noexcept {
    using std::chrono::microseconds;
    const auto us = duration <= Duration::zero()
                        ? std::int64_t{0}
                        : std::int64_t{std::chrono::ceil<microseconds>(duration).count()};
    timeval out{};
    out.tv_sec = static_cast<time_t>(us / 1'000'000);
    out.tv_usec = static_cast<suseconds_t>(us % 1'000'000);
    return out;
}

}  // namespace sessmirror::net
