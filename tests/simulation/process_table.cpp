// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/process_table.h"

#include "pool/process_identity.h"

namespace sessmirror::simulation {
namespace {

const ProcessTable* table = nullptr;

}  // namespace

ProcessTable::ProcessTable() noexcept {
    table = this;
}

ProcessTable::~ProcessTable() {
    table = nullptr;
}

std::uint32_t ProcessTable::start() noexcept {
    alive_.insert(++last_);
    return last_;
}

}  // namespace sessmirror::simulation

namespace sessmirror::pool {

// A registry asks who it is when it is made, which is right after its process was started.
ProcessIdentity this_process() noexcept {
    return {simulation::table == nullptr ? 1 : simulation::table->current(), 1};
}

bool is_gone(const ProcessIdentity& process) noexcept {
    return simulation::table != nullptr && !simulation::table->runs(process.pid);
}

}  // namespace sessmirror::pool
