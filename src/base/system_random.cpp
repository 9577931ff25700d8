// SPDX-License-Identifier: BSD-3-Clause
#include "base/system_random.h"

#include <sodium.h>

#include "base/fork_guard.h"

namespace sessmirror {

SystemRandom::SystemRandom() {
    seed();
}

std::uint64_t SystemRandom::next() noexcept {
    if (fork_generation_ != fork_generation()) seed();
    return engine_();
}

void SystemRandom::seed() noexcept {
    std::uint64_t fresh = 0;
    randombytes_buf(&fresh, sizeof fresh);
    engine_.seed(fresh);
    fork_generation_ = fork_generation();
}

}  // namespace sessmirror
