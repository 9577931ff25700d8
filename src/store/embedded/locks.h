// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "store/embedded/file.h"
#include "store/store.h"

namespace sessmirror::store {

// The sessions' locks of an embedded store: one byte each of a file that holds nothing, at 62 bits
// of the key's hash, locked by this object's open file description. So a lock costs one system
// call, excludes every other object, also in the same process, and is gone with the process that
// held it: the kernel sees to that at once, and no lease is needed. (Two sessions of which the bits
// are equal exclude each other, which is unlikely and harmless.)
//
// Who else holds a lock is not known, but that somebody does. Not thread-safe. A forked child has
// to be given a descriptor of its own; before, its copy keeps its parent's locks alive if the
// parent dies.
class EmbeddedLocks {
  public:
    // Locks by this open file from now on, which outlives its use here; -1: none. What was held
    // before is not known any more.
    void use(int file) noexcept;

    struct Claimed {
        LockState state = LockState::Held;
        HeldLock holder;
    };
    // Granted again to the owner who has it.
    Result<Claimed> claim(const SessionKey& key, const LockOwner& owner);
    // False when that owner does not hold it here.
    bool release(const SessionKey& key, const LockOwner& owner) noexcept;

  private:
    struct Held {
        std::uint64_t byte = 0;
        LockOwner owner;
    };
    [[nodiscard]] static std::uint64_t byte_of(const SessionKey& key) noexcept;

    int file_ = -1;
    std::vector<Held> held_;  // one or two at a time
};

}  // namespace sessmirror::store
