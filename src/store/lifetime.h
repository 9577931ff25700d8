// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace sessmirror::store {

// In seconds, ten years: more means nothing to a session, and as a date it has to fit into 31 bits.
inline constexpr std::uint32_t kLongestLifetime = 3650 * 24 * 3600;

}  // namespace sessmirror::store
