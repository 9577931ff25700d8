// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror {

// Memory that is set aside for the time when there is none. A callback of the event loop can let no
// exception out: an allocation that fails there would end the process. So a call begins only when
// the reserve is full, and an allocation that fails later takes from it, by way of operator new's
// handler. What a call allocates in callbacks is small and fits; what is as large as a session is
// asked for where its failure is an error like any other.
//
// The memory is never touched, so it costs address space and hardly anything else. It belongs to
// the process, while any of these exists. Thread-safe.
class MemoryReserve {
  public:
    MemoryReserve() noexcept;
    ~MemoryReserve();
    MemoryReserve(const MemoryReserve&) = delete;
    MemoryReserve& operator=(const MemoryReserve&) = delete;

    // False when there is no memory to fill it: nothing should be begun.
    [[nodiscard]] bool fill() noexcept;
};

}  // namespace sessmirror
