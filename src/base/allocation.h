// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <new>
#include <stdexcept>

namespace sessmirror {

// Runs what allocates as much as a session has. False when there was no memory: an error like any
// other, also inside of callbacks, where no exception may get out. For small things see
// MemoryReserve.
template <class Work>
[[nodiscard]] bool try_to_allocate(Work&& work) noexcept {
    try {
        work();
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    } catch (const std::length_error&) {
        return false;
    }
}

}  // namespace sessmirror
