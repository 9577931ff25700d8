// SPDX-License-Identifier: BSD-3-Clause
#include "memory/small_heap.h"

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace {

constexpr long kNever = std::numeric_limits<long>::max();

struct Heap {
    long allocations_left = kNever;
    long bytes = 0;  // in use since it was filled; less than 0: given back
    bool is_full = false;
    bool was_short = false;
};
constinit thread_local Heap heap;

bool has_room_for(std::size_t size) noexcept {
    if (heap.allocations_left == kNever) return true;
    if (!heap.is_full && heap.allocations_left-- > 0) return true;
    if (!heap.is_full) heap.bytes = 0;
    heap.is_full = true;
    return heap.bytes + static_cast<long>(size) <= 0;
}

void give_back(void* memory) noexcept {
    if (memory == nullptr) return;
    heap.bytes -= static_cast<long>(malloc_usable_size(memory));
    std::free(memory);
}

}  // namespace

namespace sessmirror::test {

void SmallHeap::fill_after(long allocations) noexcept {
    heap = {.allocations_left = allocations};
}

bool SmallHeap::recover() noexcept {
    const bool was_short = heap.was_short;
    heap = {};
    return was_short;
}

}  // namespace sessmirror::test

// As the standard has it: the handler is asked for memory until there is some, or it throws.
void* operator new(std::size_t size) {
    while (!has_room_for(size)) {
        heap.was_short = true;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc();
        handler();
    }
    void* const memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    heap.bytes += static_cast<long>(malloc_usable_size(memory));
    return memory;
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return operator new(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void operator delete(void* memory) noexcept {
    give_back(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    give_back(memory);
}
