// SPDX-License-Identifier: BSD-3-Clause
#include "base/fork_guard.h"

#include <pthread.h>

#include <atomic>

namespace sessmirror {
namespace {

std::atomic<unsigned> generation{0};
std::atomic<bool> watching{false};

}  // namespace

unsigned fork_generation() noexcept {
    return generation.load(std::memory_order_relaxed);
}

void watch_forks() noexcept {
    if (watching.exchange(true)) return;
    pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });
}

}  // namespace sessmirror
