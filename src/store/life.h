// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace sessmirror::store {

// Names one run of a store's server, from its start to its end: what it remembers belongs to that
// run, or was reloaded from an older one and may be outdated. Compared for equality only, by its
// name.
struct Life {
    std::uint64_t process = 0;
    std::uint64_t started = 0;
    // The processor time that this run has used so far, which only grows; 0: not known. Two runs
    // can have one name: a memcached that reloads its memory takes over the start of the run
    // before, and in a container its process id is the same.
    std::uint64_t used_ms = 0;

    friend bool operator==(const Life& a, const Life& b) noexcept {
        return a.process == b.process && a.started == b.started;
    }
};

}  // namespace sessmirror::store
