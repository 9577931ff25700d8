// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "pool/host_page.h"

namespace sessmirror::pool {

// Whether it is this caller's turn to write a line that pages of any visitor can cause: one of the
// host's workers may, once per kNoticeInterval; the others' lines are counted as NoticesDropped.
// `next_ns` is the page's field for this kind of line. What it holds is foreign data: a time that
// is further away than the interval counts as past.
inline constexpr Duration kNoticeInterval = std::chrono::seconds(10);

inline bool take_notice_turn(HostPage& page, std::atomic<std::int64_t>& next_ns,
                             const Clock& clock) noexcept {
    const std::int64_t now = clock.now().time_since_epoch().count();
    std::int64_t next = next_ns.load(std::memory_order_relaxed);
    const bool is_due = now >= next || next - now > kNoticeInterval.count();
    if (is_due && next_ns.compare_exchange_strong(next, now + kNoticeInterval.count())) return true;
    page.count(Counter::NoticesDropped);
    return false;
}

}  // namespace sessmirror::pool
