// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/process_table.h"

namespace sessmirror::simulation {
namespace {

const ProcessTable* present = nullptr;

}  // namespace

ProcessTable::ProcessTable() noexcept {
    present = this;
}

ProcessTable::~ProcessTable() {
    present = nullptr;
}

const ProcessTable* ProcessTable::now() noexcept {
    return present;
}

std::uint32_t ProcessTable::start() noexcept {
    alive_.insert(++last_);
    return last_;
}

}  // namespace sessmirror::simulation
