// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/error.h"

namespace sessmirror::store {

// What the answer to one question may cost the worker that asks it. A listing that reaches a limit
// fails: no server can keep the workers of a pool busy, or fill their memory, with a list that does
// not end.
struct InventoryLimits {
    std::uint64_t keys = 4u << 20;
    std::uint64_t bytes = 1u << 30;  // a line of memcached's list has about 130
    Duration time = std::chrono::minutes(5);
};

// How a server names its life. Real ones answer with some kilobytes, at once; the time is for
// workers whose loop runs between pages only.
inline constexpr InventoryLimits kLifeLimits{0, 64 * 1024, std::chrono::minutes(1)};

// What is left of the limits while one question is answered.
class InventoryBudget {
  public:
    void begin(const InventoryLimits& limits, TimePoint now) noexcept {
        limits_ = limits;
        keys_ = bytes_ = 0;
        ends_ = now + limits.time;
    }
    void take_key() noexcept { ++keys_; }
    void take_bytes(std::size_t count) noexcept { bytes_ += count; }
    [[nodiscard]] bool is_spent(TimePoint now) const noexcept {
        return keys_ > limits_.keys || bytes_ > limits_.bytes || now >= ends_;
    }

  private:
    InventoryLimits limits_;
    std::uint64_t keys_ = 0;
    std::uint64_t bytes_ = 0;
    TimePoint ends_{};
};

inline Error endless_inventory(const char* store) noexcept {
    return Error(Errc::StoreError, "%.100s: its answer does not end (more than can be listed)",
                 store);
}

}  // namespace sessmirror::store
