// SPDX-License-Identifier: BSD-3-Clause
#include "response_headers.h"

#include "boundary.h"
#include "late_output.h"
#include "memory_allowance.h"
#include "opened_session.h"
#include "php_sessmirror.h"
#include "quiet_serializer.h"
#include "session_variables.h"
#include "token_cookie.h"
#include "worker.h"

namespace sessmirror::shim {
namespace {

using SendHeaders = int (*)(sapi_headers_struct*);
SendHeaders original = nullptr;

// The session of this handler that a script has open, if it can be written.
OpenedSession* session_in_use() noexcept {
    OpenedSession* const handle = SESSMIRROR_G(opened);
    const bool is_usable = handle != nullptr && PS(session_status) == php_session_active &&
                           PS(id) != nullptr && !handle->is_read_pending;
    return is_usable && EG(exception) == nullptr ? handle : nullptr;
}

bool commits_before_headers() noexcept {
    const Worker* const worker = SESSMIRROR_G(worker);
    return worker != nullptr && worker->commits_before_headers();
}

// PHP serializes, writes and closes the session once, as at the end of the request, which is when
// it would do so; then nothing is left to do there. What the script's code prints by that, or a
// fatal error, comes after the page; a buffer that it leaves open is dropped, as PHP would. A
// script has no time limit any more when PHP closes a session.
void close_before_headers_leave() {
    const int level = php_output_get_level();
    hold_output();
    zend_unset_timeout();
    allow_more_memory();
    zend_try {
        php_session_flush(1);
    }
    zend_catch {
        PS(session_status) = php_session_none;  // once is enough; PHP still closes what is open
    }
    zend_end_try();
    while (php_output_get_level() > level) php_output_discard();
    (void)restore_memory_limit();
    let_output_pass();
}

// What PHP decoded $_SESSION from: what this handler has read, or what a class around it has made
// of that. False when PHP does not keep it.
bool has_decoded(std::string_view text) noexcept {
    return PS(session_vars) != nullptr && view(PS(session_vars)) == text;
}

// Whether what a class around this handler writes is what PHP serializes. If it gave PHP what was
// stored, it is taken to store what PHP gives it: at close it writes anyway.
bool passes_unchanged(std::string_view stored) noexcept {
    return PS(mod) == &session_module || (!stored.empty() && has_decoded(stored));
}

// The session that stays open is stored if it has changed and nobody's code has to run for that.
// Its client learns its id now, and that a change may follow, unless nothing has changed and this
// script is not one that changes sessions later on.
void leave_open(OpenedSession& handle) {
    zend_string* const serialized = serialize_quietly();
    const std::string_view payload = view(serialized);
    const std::string_view script = script_name();
    const std::string_view serializer = serializer_name();
    const zend_long configured = PS(gc_maxlifetime);
    Worker& worker = *SESSMIRROR_G(worker);

    (void)guarded([&]() -> Status {
        service::Session& session = *handle.session;
        const std::int64_t lifetime = worker.lifetime_of(handle.id, configured);
        (void)session.publish();
        const auto stored = session.read(handle.id, lifetime);
        if (!stored) return stored.error();
        const std::string_view before = as_text(stored->payload);
        const bool is_changed =
            serialized == nullptr ||
            !(PS(mod) == &session_module ? payload == before : has_decoded(payload));
        Status outcome = kOk;
        if (serialized != nullptr && commits_before_headers() && passes_unchanged(before))
            outcome = session.commit(handle.id, as_bytes(payload), lifetime,
                                     record::parse_serialization(serializer));
        handle.is_announced =
            is_changed || !session.is_unchanged() || worker.late_writers().has(script);
        if (handle.is_announced) session.leave_token_open();
        return outcome;  // the write at close tells a failure
    });
    if (serialized != nullptr) zend_string_release(serialized);
}

// False when a fatal error ended it.
bool try_to_leave_open() {
    volatile bool is_done = false;
    zend_try {
        if (OpenedSession* const handle = session_in_use()) leave_open(*handle);
        is_done = true;
    }
    zend_end_try();
    return is_done;
}

void keep_tokens_of_open_sessions() {
    const std::string_view id = view(PS(id));
    (void)guarded([&]() -> Status {
        for (OpenedSession* handle = SESSMIRROR_G(opened); handle != nullptr;
             handle = handle->opened_before)
            keep_token(*handle, *SESSMIRROR_G(worker), id);
        return kOk;
    });
}

int store_then_send(sapi_headers_struct* headers) {
    bool is_complete = true;
    if (is_end_of_script() && commits_before_headers() && session_in_use() != nullptr)
        close_before_headers_leave();
    else
        is_complete = try_to_leave_open();
    keep_tokens_of_open_sessions();
    add_token_cookies(*headers);
    const int result = original == nullptr ? SAPI_HEADER_DO_SEND : original(headers);
    // The page that is on its way still arrives; a script that is running has to end.
    if (!is_complete && !is_end_of_script()) zend_bailout();
    return result;
}

}  // namespace

bool is_end_of_script() noexcept {
    return (EG(flags) & EG_FLAGS_IN_SHUTDOWN) != 0 && EG(current_execute_data) == nullptr;
}

void wrap_send_headers() noexcept {
    original = sapi_module.send_headers;
    sapi_module.send_headers = store_then_send;
}

void unwrap_send_headers() noexcept {
    // Somebody who wrapped after us would lose their own function.
    if (sapi_module.send_headers == store_then_send) sapi_module.send_headers = original;
}

}  // namespace sessmirror::shim
