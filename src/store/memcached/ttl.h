// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace sessmirror::store {

// memcached reads a larger number as a date, and 0 as "for ever".
inline constexpr std::uint32_t kMaxTtl = 30 * 24 * 3600;

// How memcached is told that an item lives for so long, at the time `now_unix`. A lifetime above 30
// days is sent as the date at which it ends, by this host's clock; memcached keeps dates in 31
// bits.
constexpr std::uint32_t item_ttl(std::uint32_t ttl_s, std::uint32_t now_unix) noexcept {
    constexpr std::uint32_t kLastDate = std::numeric_limits<std::int32_t>::max();
    if (ttl_s <= kMaxTtl) return std::max(ttl_s, 1u);
    if (now_unix >= kLastDate - kMaxTtl) return kMaxTtl;
    return now_unix + std::min(ttl_s, kLastDate - now_unix);
}

// Chunks must not expire before the item that refers to them, however the seconds fall.
constexpr std::uint32_t chunk_ttl(std::uint32_t ttl_s, std::uint32_t now_unix) noexcept {
    constexpr std::uint32_t kMargin = 60;
    return item_ttl(ttl_s + kMargin, now_unix);
}

}  // namespace sessmirror::store
