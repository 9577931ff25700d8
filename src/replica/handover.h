// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/clock.h"
#include "pool/pool.h"
#include "replica/replica_set.h"

namespace sessmirror::replica {

// Hosts learn one after the other that a session's home has gone, or is back, or that it lacks
// sessions. Meanwhile each could take the lock at another store. So whoever knows of such a change
// locks with care for a while:
//
// - Where another host may take another store for the home, its lock is taken too: that of a store
//   which this host knows to be incomplete; or, while the home is new as one, that of the store
//   which was home before; or, while the list of stores is being changed, that of the home by the
//   list after. Every host takes two locks in the order of the stores' hashed names, whatever its
//   list, so no two wait for each other.
// - A home that has gone has taken its locks along, and so has one that has restarted. Whoever held
//   one goes on without knowing. The next lock is taken when those pages are likely to have ended:
//   after twice the longest time that pages of this host work with a locked session
//   (pool::LockHolds).

// The store whose lock has to be taken besides that of `home`; -1: none.
[[nodiscard]] int guard_of(pool::Pool& pool, const ReplicaSet& set, int home) noexcept;

// When the lock at `home` may be claimed, if that is later than now. At most `longest` from now.
[[nodiscard]] TimePoint settled_at(pool::Pool& pool, const ReplicaSet& set, int home, TimePoint now,
                                   Duration longest) noexcept;

}  // namespace sessmirror::replica
