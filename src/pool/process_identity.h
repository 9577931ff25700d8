// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace sessmirror::pool {

// A process of this host, told apart from a later one that got the same number.
struct ProcessIdentity {
    std::uint32_t pid = 0;
    std::uint64_t start = 0;  // clock ticks since boot (proc(5), stat, field 22); 0: not known
};

ProcessIdentity this_process() noexcept;

// Names the set of processes that this one can tell apart by their numbers: those of this run of
// the kernel and of this process's namespaces of process numbers and of time. Any two processes of
// the set get the same name, whoever started them; no other does. 0: not known (no /proc).
std::uint64_t process_space() noexcept;

// Whether the process no longer runs: it does not exist, is a zombie, or its number belongs to a
// process that started at another time. False when the system does not tell (no /proc): taking a
// dead process for alive costs waiting, the opposite would cost a living one its claims.
// REQUIRES: `process` is of this one's process_space().
bool is_gone(const ProcessIdentity& process) noexcept;

}  // namespace sessmirror::pool
