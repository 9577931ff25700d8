// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror {

// Counts the forks that led to this process (pthread_atfork), so that holders of sockets or of the
// process id notice, without a system call per use, that they were copied into a child.
unsigned fork_generation() noexcept;

// Registers the hook; idempotent. Call once per process before the first fork that matters.
void watch_forks() noexcept;

}  // namespace sessmirror
