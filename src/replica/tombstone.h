// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>

namespace sessmirror::replica {

// How long a tombstone lives, in seconds: longer than any copy that a store which missed the
// destruction may still hold, whichever page gave that copy its lifetime, and than the lease of a
// lock under which a page that has read the session may still write it.
constexpr std::uint32_t tombstone_lifetime(std::uint32_t longest_copy_s,
                                           std::uint32_t lease_s) noexcept {
    constexpr std::uint32_t kMargin = 60;  // for copies that are touched while it is written
    return longest_copy_s + lease_s + kMargin;
}

}  // namespace sessmirror::replica
