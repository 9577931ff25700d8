// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Whether the newest record found is known to be the newest there is.
enum class Confirmed : bool { No, Yes };

// Gives the view's newest record to every member that is known to lack it or to have an older or
// damaged copy. Conditional (add, or compare-and-set on what was seen), so it can never bury a
// newer write; unacknowledged, because the reader must not wait for it: a repair that fails is made
// again by the next read that notices. When the record is confirmed, copies of it that were in
// doubt (pool::Health) are dated anew, so that the next read need not confirm them again.
void repair_laggards(const Environment& env, SessionView& view, Confirmed confirmed) noexcept;

// The same for one store whose copy turned out to be gone.
void repair_missing(const Environment& env, SessionView& view, int store) noexcept;

}  // namespace sessmirror::replica
