// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "base/error.h"

namespace sessmirror::shim {

// What PHP was doing when something failed; decides what the failure means for the session.
enum class Step : std::uint8_t {
    Open,
    Read,
    Write,
    Touch,
    Destroy,
    DestroyUndecodable,  // because PHP cannot decode what was read
};

// One PHP warning: what happened at which store, what that means for the session, what to do about
// it. REQUIRES: phase (c) of a hook. May run a user's error handler, throw a PHP exception or
// longjmp.
void warn(Step step, const Error& error);

// Moves what the core has to tell the administrator into PHP's error log, as far as
// sessmirror.log_level admits; never onto the page. REQUIRES: phase (c) of a hook.
void log_journal();

}  // namespace sessmirror::shim
