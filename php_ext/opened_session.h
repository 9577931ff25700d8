// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "base/error.h"
#include "service/session_service.h"

namespace sessmirror::shim {

// What PHP's mod_data points to between open and close. It remembers, across Zend calls that may
// longjmp, how far the hooks came.
struct OpenedSession {
    std::unique_ptr<service::Session> session;

    // From the start of a read until PHP has the payload. A write in this state is refused: after
    // a fatal error inside a read, PHP calls write with an empty payload.
    bool is_read_pending = false;

    // Set when it could not be found out whether an id exists; the read that follows fails with it.
    bool is_validation_failed = false;
    Error validation_error;
};

}  // namespace sessmirror::shim
