// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::shim {

// The moment before the response's headers leave, for which PHP has no hook either: the SAPI's
// send_headers is wrapped. Two things happen there.
//
// The session that is open, and has changed, is stored (sessmirror.commit = headers). So the client
// cannot come back before its own change is there, wherever the balancer sends it. At the end of a
// script PHP flushes its output after the shutdown functions and destructors ran, so their changes
// are in it; the session is closed there, as PHP would close it a moment later. When output leaves
// earlier, the session stays open: later changes are stored at close as ever, and session_abort()
// and session_reset() undo what was stored.
//
// The code of a site runs as often as without this handler. Where it would have to run in order to
// store an open session early, the session is not stored early, and the client's token says so.
//
// The freshness tokens of the response's sessions join the headers as cookies.
//
// MINIT and MSHUTDOWN only.
void wrap_send_headers() noexcept;
void unwrap_send_headers() noexcept;

// Whether shutdown functions and destructors are through: PHP flushes its output after them.
bool is_end_of_script() noexcept;

}  // namespace sessmirror::shim
