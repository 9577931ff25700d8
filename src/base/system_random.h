// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <random>

#include "base/clock.h"

namespace sessmirror {

// Random numbers for nonces and jitter, seeded by the system and again in every forked child, so
// that two workers never draw the same sequence. Not for secrets.
class SystemRandom final : public Random {
  public:
    SystemRandom();
    std::uint64_t next() noexcept override;

  private:
    void seed() noexcept;

    std::mt19937_64 engine_;
    unsigned fork_generation_ = 0;
};

}  // namespace sessmirror
