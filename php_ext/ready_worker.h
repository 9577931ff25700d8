// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "worker.h"

namespace sessmirror::shim {

// PHP's directory for temporary files if ready_worker() will ask for it, else empty. Calls PHP, so
// it is for the time before guarded().
std::string_view needed_directory();

// This thread's worker, made at first use, with the directives that are in force now. REQUIRES:
// called inside of guarded(); `directory` is the above.
Result<Worker*> ready_worker(std::string_view directory);

// The same with the pool that the directives mean, for whoever looks at it without a session.
// Errc::BadConfig says what a session would fail with. Calls PHP.
Result<Worker*> deployed_worker();

}  // namespace sessmirror::shim
