// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/clock.h"

namespace sessmirror::test {

// Time that passes only when the test says so.
class ManualClock final : public Clock {
  public:
    TimePoint now() const noexcept override { return now_; }
    std::uint32_t unix_seconds() const noexcept override { return 1'700'000'000; }
    void advance(Duration by) noexcept { now_ += by; }

  private:
    TimePoint now_{std::chrono::seconds(1000)};
};

// A sequence that is the same in every run (splitmix64, Steele et al. 2014).
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed = 1) noexcept : state_(seed) {}
    std::uint64_t next() noexcept override {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

  private:
    std::uint64_t state_;
};

}  // namespace sessmirror::test
