// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Two versions of one session of which neither was made from the other: two sides that could not
// see each other have both written. One of them stands on every store in the end
// (record::Precedence), and what the other side wrote is gone, unless a write finds both and can
// merge them (Reconciliation). So whoever puts the one in the place of the other calls this before:
// it counts each write that is lost in `collisions`, the event in `conflicts`, and names the loser
// in the log. Does nothing for a copy that is merely old.
//
// Several stores may hold the same loser, and several hosts replace it: then it is counted more
// than once, but never not at all.
void report_if_fork(const Environment& env, SessionView& view, int store) noexcept;

}  // namespace sessmirror::replica
