// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>

namespace sessmirror::store {

// memcached reads a larger number as a date, long past, and 0 as "for ever".
inline constexpr std::uint32_t kMaxTtl = 30 * 24 * 3600;

constexpr std::uint32_t item_ttl(std::uint32_t ttl_s) noexcept {
    return std::clamp(ttl_s, 1u, kMaxTtl);
}

// Chunks must not expire before the item that refers to them, however the seconds fall.
constexpr std::uint32_t chunk_ttl(std::uint32_t ttl_s) noexcept {
    constexpr std::uint32_t kMargin = 60;
    return std::min(item_ttl(ttl_s) + kMargin, kMaxTtl);
}

}  // namespace sessmirror::store
