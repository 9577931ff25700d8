// SPDX-License-Identifier: BSD-3-Clause
#include "after_response.h"

#include "opened_session.h"
#include "php_sessmirror.h"
#include "worker.h"

namespace sessmirror::shim {
namespace {

using Deactivate = int (*)(void);
Deactivate original = nullptr;

// What the core reports here is logged with the next request: the connection to the web server may
// be the place that PHP logs to, and the response on it has ended.
int deactivate_then_work() {
    // May longjmp when the client is gone; the work is then left to the next request.
    const int result = original == nullptr ? SUCCESS : original();
    begin_response();
    close_what_is_left_open();
    if (Worker* const worker = SESSMIRROR_G(worker)) worker->after_response();
    return result;
}

}  // namespace

void begin_response() noexcept {
    SESSMIRROR_G(is_output_held) = false;
    Worker* const worker = SESSMIRROR_G(worker);
    if (worker == nullptr) return;
    worker->tokens().clear();
    worker->first_visit().reset();
    worker->drop_held_output();
}

void wrap_deactivate() noexcept {
    original = sapi_module.deactivate;
    sapi_module.deactivate = deactivate_then_work;
}

void unwrap_deactivate() noexcept {
    // Somebody who wrapped after us would lose their own function.
    if (sapi_module.deactivate == deactivate_then_work) sapi_module.deactivate = original;
}

}  // namespace sessmirror::shim
