// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace sessmirror::pool {

// Whether a time that the host page holds has come. One that lies farther ahead than anybody sets
// it is garbage, and has come as well.
[[nodiscard]] constexpr bool has_come(std::int64_t due_ns, TimePoint now,
                                      Duration farthest) noexcept {
    const std::int64_t now_ns = now.time_since_epoch().count();
    return due_ns <= now_ns || due_ns - now_ns > farthest.count();
}

// Times to which a second is exact enough.
[[nodiscard]] constexpr std::uint32_t seconds_of(TimePoint now) noexcept {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

}  // namespace sessmirror::pool
