// SPDX-License-Identifier: BSD-3-Clause
#include "response_headers.h"

#include "boundary.h"
#include "opened_session.h"
#include "php_sessmirror.h"
#include "session_variables.h"
#include "token_cookie.h"
#include "worker.h"

extern "C" {
#include <Zend/zend_exceptions.h>
}

namespace sessmirror::shim {
namespace {

using SendHeaders = int (*)(sapi_headers_struct*);
SendHeaders original = nullptr;

// Whether shutdown functions and destructors are through: PHP flushes its output after them.
bool is_end_of_script() noexcept {
    return (EG(flags) & EG_FLAGS_IN_SHUTDOWN) != 0 && EG(current_execute_data) == nullptr;
}

OpenedSession* open_session() noexcept {
    if (PS(session_status) != php_session_active || PS(mod) != &session_module) return nullptr;
    return static_cast<OpenedSession*>(PS(mod_data));
}

OpenedSession* session_to_commit() noexcept {
    const Worker* const worker = SESSMIRROR_G(worker);
    if (worker == nullptr || !worker->commits_before_headers()) return nullptr;
    OpenedSession* const handle = open_session();
    if (handle == nullptr || handle->is_read_pending || EG(exception) != nullptr) return nullptr;
    return handle;
}

// How the engine treats what a script prints and complains about.
struct Noise {
    int reporting;
    int output;
};

Noise noise() {
    return {EG(error_reporting), OG(flags)};
}

void restore(const Noise& before) {
    EG(error_reporting) = before.reporting;
    OG(flags) = before.output;
}

// Not by a buffer of our own: while a buffer is flushed, PHP has it off its stack.
void silence() {
    EG(error_reporting) = 0;
    OG(flags) = (OG(flags) & ~PHP_OUTPUT_ACTIVATED) | PHP_OUTPUT_DISABLED;
}

// $_SESSION as the serializer sees it, or null. It may run a script's __serialize(). What that
// complains about, throws or prints comes again when PHP itself encodes the session at close;
// printed now it would arrive in front of the headers.
zend_string* encode_session() {
    if (PS(serializer) == nullptr || session_variables() == nullptr) return nullptr;
    const Noise before = noise();
    silence();
    zend_string* const payload = PS(serializer)->encode();
    restore(before);
    if (EG(exception) != nullptr) zend_clear_exception();
    return payload;
}

// A failure is not reported here: the write at close has the same outcome and tells it.
void commit(bool ends) {
    if (session_to_commit() == nullptr) return;
    zend_string* const payload = encode_session();
    OpenedSession* const handle = session_to_commit();  // the script's code may have closed it
    if (payload == nullptr || handle == nullptr || PS(id) == nullptr) return;
    const std::string_view id = view(PS(id));
    const std::string_view bytes = view(payload);
    const std::string_view serializer = serializer_name();
    const zend_long lifetime = PS(gc_maxlifetime);
    (void)guarded([&]() -> Status {
        using Ends = service::Session::Ends;
        return handle->session->commit(id, as_bytes(bytes), lifetime,
                                       record::parse_serialization(serializer),
                                       ends ? Ends::Yes : Ends::No);
    });
    if (!ends) handle->session->leave_token_open();
    zend_string_release(payload);
}

// False when a fatal error, or exit, ended it.
bool try_to_commit(const bool ends) {
    volatile bool is_done = false;
    const Noise before = noise();
    zend_try {
        commit(ends);
        is_done = true;
    }
    zend_end_try();
    restore(before);
    return is_done;
}

int commit_then_send(sapi_headers_struct* headers) {
    const bool ends = is_end_of_script();
    const bool is_committed = try_to_commit(ends);
    if (const OpenedSession* const handle = open_session()) keep_token(*handle->session);
    add_token_cookie(headers);
    const int result = original == nullptr ? SAPI_HEADER_DO_SEND : original(headers);
    // The page that is on its way still arrives; a script that is running has to end.
    if (!is_committed && !ends) zend_bailout();
    return result;
}

}  // namespace

void wrap_send_headers() noexcept {
    original = sapi_module.send_headers;
    sapi_module.send_headers = commit_then_send;
}

void unwrap_send_headers() noexcept {
    // Somebody who wrapped after us would lose their own function.
    if (sapi_module.send_headers == commit_then_send) sapi_module.send_headers = original;
}

}  // namespace sessmirror::shim
