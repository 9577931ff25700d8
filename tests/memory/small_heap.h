// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::test {

// The heap of a test program whose operator new can run out of memory; see small_heap.cpp. It
// concerns the thread that asks for it.
struct SmallHeap {
    // After so many allocations the heap is full: from then on there is only what is given back.
    static void fill_after(long allocations) noexcept;
    // There is memory again. Whether there was a lack of it.
    static bool recover() noexcept;
};

}  // namespace sessmirror::test
