// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "worker.h"

namespace sessmirror::shim {

// This thread's worker, made at first use, with the directives that are in force now. REQUIRES:
// called inside of guarded().
Result<Worker*> ready_worker();

}  // namespace sessmirror::shim
