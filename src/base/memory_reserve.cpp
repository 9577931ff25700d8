// SPDX-License-Identifier: BSD-3-Clause
#include "base/memory_reserve.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <new>

namespace sessmirror {
namespace {

// Each serves many small allocations, or one as large as anything that a call allocates in a
// callback without asking whether it can.
constexpr std::size_t kBlock = 1024 * 1024;

constinit std::array<std::atomic<void*>, 4> blocks{};
constinit std::mutex users_lock;
constinit int users = 0;
constinit std::new_handler previous = nullptr;
constinit thread_local bool is_filling = false;

bool give_up_a_block() noexcept {
    for (std::atomic<void*>& block : blocks) {
        void* const memory = block.exchange(nullptr);
        if (memory == nullptr) continue;
        ::operator delete(memory);
        return true;
    }
    return false;
}

// Operator new tries again when this returns.
void on_lack_of_memory() {
    if (!is_filling && give_up_a_block()) return;
    if (previous == nullptr) throw std::bad_alloc();
    previous();
}

}  // namespace

MemoryReserve::MemoryReserve() noexcept {
    const std::scoped_lock lock(users_lock);
    if (users++ == 0) previous = std::set_new_handler(on_lack_of_memory);
}

MemoryReserve::~MemoryReserve() {
    const std::scoped_lock lock(users_lock);
    if (--users > 0) return;
    if (std::get_new_handler() == on_lack_of_memory) std::set_new_handler(previous);
    while (give_up_a_block()) {
    }
}

bool MemoryReserve::fill() noexcept {
    for (std::atomic<void*>& block : blocks) {
        if (block.load(std::memory_order_relaxed) != nullptr) continue;
        is_filling = true;
        void* memory = ::operator new(kBlock, std::nothrow);
        is_filling = false;
        if (memory == nullptr) return false;
        void* none = nullptr;
        if (!block.compare_exchange_strong(none, memory)) ::operator delete(memory);
    }
    return true;
}

}  // namespace sessmirror
