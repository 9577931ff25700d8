// SPDX-License-Identifier: BSD-3-Clause
// Answers the production code's questions about processes from the simulated table. Linked into the
// simulation's program only, in front of the library, whose own answers are then left out.
#include "pool/process_identity.h"
#include "simulation/process_table.h"

namespace sessmirror::pool {

// A registry asks who it is when it is made, which is right after its process was started.
ProcessIdentity this_process() noexcept {
    const auto* const table = simulation::ProcessTable::now();
    return {table == nullptr ? 1 : table->current(), 1};
}

// All hosts of the simulation are one process.
std::uint64_t process_space() noexcept {
    return 0;
}

bool is_gone(const ProcessIdentity& process) noexcept {
    const auto* const table = simulation::ProcessTable::now();
    return table != nullptr && !table->runs(process.pid);
}

}  // namespace sessmirror::pool
