// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace sessmirror::shim {

// The moment before the response's headers leave, for which PHP has no hook either: the SAPI's
// send_headers is wrapped. Two things happen there.
//
// The session that is open, and has changed, is stored (sessmirror.commit = headers). So the client
// cannot come back before its own change is there, wherever the balancer sends it. At the end of a
// script PHP flushes its output after the shutdown functions and destructors ran, so their changes
// are in it; PHP's own write at close then finds nothing changed. When output leaves earlier, later
// changes are stored at close as ever, and session_abort() and session_reset() undo the commit.
//
// The freshness token of what was stored joins the headers as a cookie.
//
// MINIT and MSHUTDOWN only.
void wrap_send_headers() noexcept;
void unwrap_send_headers() noexcept;

}  // namespace sessmirror::shim
