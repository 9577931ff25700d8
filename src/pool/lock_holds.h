// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

#include "base/clock.h"
#include "pool/host_page.h"

namespace sessmirror::pool {

// How long the pages of this host work with the sessions that they have locked, as all its workers
// know it.
class LockHolds {
  public:
    explicit LockHolds(HostPage& page) noexcept : page_(page) {}

    // A page has done its work after that time.
    void note(Duration held) noexcept {
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(held).count();
        const auto sample = static_cast<std::uint32_t>(std::clamp<std::int64_t>(us, 0, kMost));
        const std::uint32_t before = page_.longest_hold_us.load(std::memory_order_relaxed);
        page_.longest_hold_us.store(std::max(sample, before - before / kMemory),
                                    std::memory_order_relaxed);
    }

    // The longest of them. An old one counts less with each that follows, and hardly at all after
    // some hundred. 0: none was noted yet.
    [[nodiscard]] Duration longest() const noexcept {
        return std::chrono::microseconds(
            std::min(page_.longest_hold_us.load(std::memory_order_relaxed), kMost));
    }

  private:
    static constexpr std::uint32_t kMost = 60'000'000;
    static constexpr std::uint32_t kMemory = 32;
    HostPage& page_;
};

}  // namespace sessmirror::pool
