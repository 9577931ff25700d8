// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace sessmirror::pool {

// How many reads of this host may ask a second store: a token bucket, shared by all workers, that
// every read fills by a twentieth and every hedge empties by one. So hedging adds at most 5 % to
// the stores' load, however slow they are, and kBurst requests at once when one of them hangs.
class HedgeBudget {
  public:
    static constexpr std::uint32_t kReadsForOne = 20;
    static constexpr std::uint32_t kBurst = 100;

    // `credit` is in reads, and outlives this.
    explicit HedgeBudget(std::atomic<std::uint32_t>& credit) noexcept : credit_(credit) {}

    void earn() noexcept {
        if (credit_.load(std::memory_order_relaxed) < kBurst * kReadsForOne)
            credit_.fetch_add(1, std::memory_order_relaxed);
    }

    // False: nothing is left.
    [[nodiscard]] bool spend() noexcept {
        std::uint32_t credit = credit_.load(std::memory_order_relaxed);
        while (credit >= kReadsForOne) {
            const std::uint32_t held = std::min(credit, kBurst * kReadsForOne);
            if (credit_.compare_exchange_weak(credit, held - kReadsForOne)) return true;
        }
        return false;
    }

  private:
    std::atomic<std::uint32_t>& credit_;
};

}  // namespace sessmirror::pool
