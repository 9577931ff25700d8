// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::shim {

// Lets the core work when the client has its response and nobody waits: probes of stores that are
// down, locks of dead workers. PHP has no hook for this moment, so the SAPI's deactivate is
// wrapped: its own function runs first and finishes the response (FastCGI), then ours. Where a SAPI
// sends the response later (Apache's module) the work is bounded to a few milliseconds anyway.
// MINIT and MSHUTDOWN only, both.
void wrap_deactivate() noexcept;
void unwrap_deactivate() noexcept;

// Forgets what belongs to the response before. Servers whose workers serve many requests in one
// script (FrankenPHP) pass through the SAPI's deactivate after each, and never through RINIT.
void begin_response() noexcept;

}  // namespace sessmirror::shim
