// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::shim {

// Output that a script makes while its session is being closed before the page has left: what a
// __serialize() prints, what PHP complains about. PHP would close the session after the page and
// print it there, so it is held back and printed there.

// MINIT and MSHUTDOWN only: the SAPI's ub_write is wrapped.
void wrap_output() noexcept;
void unwrap_output() noexcept;

// From now on output is held back, and from then on no more.
void hold_output() noexcept;
void let_output_pass() noexcept;

// RSHUTDOWN: prints what was held back.
void print_held_output();

}  // namespace sessmirror::shim
