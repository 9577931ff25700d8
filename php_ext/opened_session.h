// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "response_tokens.h"
#include "service/session_service.h"

namespace sessmirror::shim {

// What PHP's mod_data points to between open and close, whoever stands between PHP and this
// handler: PHP itself, or a class around PHP's SessionHandler. It remembers, across Zend calls that
// may longjmp, how far the hooks came.
struct OpenedSession {
    std::unique_ptr<service::Session> session;
    OpenedSession* opened_before = nullptr;  // and still open

    SharedTerms terms;  // of the session's cookie, as it was at open
    std::string id;     // that was read last, as the handler was given it

    // The headers have left, and the client knows that a later write may follow.
    bool is_announced = false;

    // From the start of a read until PHP has the payload. A write in this state is refused: after
    // a fatal error inside a read, PHP calls write with an empty payload.
    bool is_read_pending = false;

    // Set when it could not be found out whether an id exists; the read that follows fails with it.
    bool is_validation_failed = false;
    Error validation_error;
};

// For the end of a request. PHP calls no close() of a class of the site that a fatal error has
// ended in one of its methods, so the session behind it, and its lock, are still open.
void close_what_is_left_open() noexcept;

}  // namespace sessmirror::shim
