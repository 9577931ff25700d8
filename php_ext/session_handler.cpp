// SPDX-License-Identifier: BSD-3-Clause
//
// The nine hooks of PHP's session module, and nothing else. The rules of the boundary are in
// boundary.h, PHP's order of calls in docs/architecture.md.
#include <array>
#include <memory>
#include <utility>

#include "boundary.h"
#include "messages.h"
#include "open_basedir.h"
#include "opened_session.h"
#include "php_sessmirror.h"
#include "ready_worker.h"
#include "response_headers.h"
#include "session_variables.h"
#include "token_cookie.h"
#include "worker.h"

namespace sessmirror::shim {
namespace {

OpenedSession* opened(void** mod_data) noexcept {
    return static_cast<OpenedSession*>(*mod_data);
}

// For the hooks that are not told the lifetime.
zend_long configured_lifetime() {
    return PS(gc_maxlifetime);
}

// REQUIRES: a session is open.
std::int64_t lifetime_of(std::string_view id, zend_long configured) noexcept {
    return SESSMIRROR_G(worker)->lifetime_of(id, configured);
}

// What PHP knows of the session that is being opened.
struct Opening {
    std::string_view save_path;
    CookieSettings cookie;
    std::string_view cookies;  // that the client returned
    std::string_view id;
};

Result<OpenedSession*> open_session(Worker& worker, const Opening& opening) {
    auto session = worker.open(opening.save_path);
    if (!session) return session.error();
    auto handle = std::make_unique<OpenedSession>();
    handle->session = std::move(*session);
    take_tokens(*handle, worker, opening.cookie, opening.cookies, opening.id);
    return handle.release();
}

// Takes a session that is being closed out of the list of the open ones.
void forget(const OpenedSession* handle) noexcept {
    OpenedSession** link = &SESSMIRROR_G(opened);
    while (*link != nullptr && *link != handle) link = &(*link)->opened_before;
    if (*link != nullptr) *link = handle->opened_before;
}

// The last moment at which the client can be told something. Where this script is known to change
// sessions after the headers have left, it may open this one again.
void keep_last_token(const OpenedSession& handle, std::string_view id, std::string_view script) {
    Worker& worker = *SESSMIRROR_G(worker);
    if (worker.tokens().have_left()) return;
    const bool may_follow = !is_end_of_script() && worker.late_writers().has(script);
    if (may_follow) handle.session->leave_token_open();
    keep_token(handle, worker, id);
}

// A change that the client cannot be told of any more.
void note_late_write(const OpenedSession& handle, std::string_view script) noexcept {
    Worker& worker = *SESSMIRROR_G(worker);
    if (worker.tokens().have_left() && !handle.is_announced && handle.session->tells_a_change())
        worker.late_writers().add(script);
}

// The end of every hook that can fail: one warning at most, and what the core wants logged.
template <class T>
zend_result finish(Step step, const Result<T>& outcome) {
    if (!outcome) warn(step, outcome.error());
    log_journal();
    return outcome ? SUCCESS : FAILURE;
}

PS_OPEN_FUNC(sessmirror) {
    (void)session_name;
    // session_reset() opens again without close: the session, and its lock, go on.
    // What was committed with the headers is undone first. Without a lock it is read anew.
    if (OpenedSession* const handle = opened(mod_data)) {
        handle->is_validation_failed = false;
        const Status undone = guarded([&] { return handle->session->reset(); });
        return finish(Step::Write, undone);
    }
    const std::string_view path = view(save_path);
    const std::string_view directory = needed_directory();
    const auto worker = guarded([&] { return ready_worker(directory); });
    if (!worker) return finish(Step::Open, worker);
    const Status admitted = check_open_basedir(**worker, path);
    if (!admitted) return finish(Step::Open, admitted);
    (*worker)->note_lifetime(configured_lifetime());
    const Opening opening = {path, cookie_settings(), received_cookies(), view(PS(id))};
    const auto result = guarded([&] { return open_session(**worker, opening); });
    if (result) {
        (*result)->opened_before = std::exchange(SESSMIRROR_G(opened), *result);
        *mod_data = *result;
    }
    return finish(Step::Open, result);
}

PS_CLOSE_FUNC(sessmirror) {
    OpenedSession* const handle = opened(mod_data);
    *mod_data = nullptr;
    if (handle != nullptr) {
        const std::string_view id = view(PS(id));
        const std::string_view script = script_name();
        (void)guarded([&]() -> Status {
            forget(handle);
            const std::unique_ptr<OpenedSession> closing(handle);
            keep_last_token(*closing, id, script);
            return kOk;
        });
        // A loop of the command line answers no request after which the core could work. (It has
        // headers all the same: SG(request_info).no_headers is not set there.)
        if (SG(request_info).request_method == nullptr) SESSMIRROR_G(worker)->between_sessions();
    }
    log_journal();
    return SUCCESS;
}

PS_READ_FUNC(sessmirror) {
    OpenedSession* const handle = opened(mod_data);
    if (handle == nullptr) return FAILURE;
    const std::string_view id = view(key);

    handle->is_read_pending = true;
    const auto loaded = guarded([&]() -> Result<service::Loaded> {
        if (handle->is_validation_failed) return handle->validation_error;
        handle->id = id;
        auto found = handle->session->read(id, lifetime_of(id, maxlifetime));
        if (found && found->exists) SESSMIRROR_G(worker)->first_visit().found(id);
        return found;
    });
    if (loaded) {
        const std::string_view payload = as_text(loaded->payload);
        *val = payload.empty() ? ZSTR_EMPTY_ALLOC()
                               : zend_string_init(payload.data(), payload.size(), 0);
        handle->is_read_pending = false;
    }
    return finish(Step::Read, loaded);
}

// A handler written in PHP on top of this one (class SessionHandler) may write an id that it has
// not read. The core needs to know what it replaces; an id that was read costs nothing here.
Status ensure_read(OpenedSession& handle, std::string_view id, std::int64_t lifetime) {
    const auto loaded = handle.session->read(id, lifetime);
    if (!loaded) return loaded.error();
    return kOk;
}

PS_WRITE_FUNC(sessmirror) {
    OpenedSession* const handle = opened(mod_data);
    if (handle == nullptr) return FAILURE;
    // A serializer that was interrupted by an exception gives PHP nothing, and PHP an empty text.
    if (ZSTR_LEN(val) == 0 && EG(exception) != nullptr) return FAILURE;
    const std::string_view id = view(key);
    const std::string_view payload = view(val);

    const std::string_view serializer = serializer_name();
    const std::string_view script = script_name();

    const auto stored = guarded([&]() -> Status {
        const std::int64_t lifetime = lifetime_of(id, maxlifetime);
        if (handle->is_read_pending)
            return Error(Errc::Internal,
                         "its content had not been read, so that it is not known "
                         "what a write would replace");
        if (const auto known = ensure_read(*handle, id, lifetime); !known) return known;
        const Status written = handle->session->write(id, as_bytes(payload), lifetime,
                                                      record::parse_serialization(serializer));
        note_late_write(*handle, script);
        return written;
    });
    return finish(Step::Write, stored);
}

PS_UPDATE_TIMESTAMP_FUNC(sessmirror) {
    (void)val;  // equal to what read() gave
    OpenedSession* const handle = opened(mod_data);
    if (handle == nullptr) return FAILURE;
    const std::string_view id = view(key);

    const auto touched = guarded([&]() -> Status {
        const std::int64_t lifetime = lifetime_of(id, maxlifetime);
        if (const auto known = ensure_read(*handle, id, lifetime); !known) return known;
        return handle->session->touch(id, lifetime);
    });
    return finish(Step::Touch, touched);
}

// Whether a fatal error is on its way through PHP's own code: it has left the script (a bailout
// leaves no frame, unlike session_destroy() in a shutdown function), or it is due because memory
// ran over its limit, which some builds report only when the running function is done.
bool is_cut_off_by_fatal_error() noexcept {
    if (CG(unclean_shutdown) && EG(current_execute_data) == nullptr) return true;
    return PG(memory_limit) > 0 && zend_memory_usage(true) > static_cast<size_t>(PG(memory_limit));
}

// Whether PHP destroys the session because it cannot decode what was read: inside of a call that
// starts a session nothing else does, and session.auto_start is a call that has no frame.
bool is_decoding() noexcept {
    const zend_execute_data* frame = EG(current_execute_data);
    if (frame == nullptr) return true;
    for (; frame != nullptr; frame = frame->prev_execute_data) {
        const zend_function* const function = frame->func;
        if (function == nullptr || function->type != ZEND_INTERNAL_FUNCTION) continue;
        if (function->common.scope != nullptr || function->common.function_name == nullptr)
            continue;
        const std::string_view name = view(function->common.function_name);
        if (name == "session_start" || name == "session_reset") return true;
        if (name.starts_with("session_")) return false;
    }
    return false;
}

PS_DESTROY_FUNC(sessmirror) {
    OpenedSession* const handle = opened(mod_data);
    if (handle == nullptr) return FAILURE;
    // PHP destroys a session when a fatal error, such as the memory limit, ends its decoding, or
    // when its serializer is not there. The data is good, and nobody asked for that.
    if (is_cut_off_by_fatal_error() || std::exchange(SESSMIRROR_G(is_codec_missing), false))
        return FAILURE;
    const std::string_view id = view(key);
    const zend_long lifetime = configured_lifetime();

    const bool is_undecodable = is_decoding();

    const auto destroyed = guarded([&] {
        return is_undecodable ? handle->session->destroy_undecodable(id, lifetime)
                              : handle->session->destroy(id, lifetime);
    });
    return finish(is_undecodable ? Step::DestroyUndecodable : Step::Destroy, destroyed);
}

// The stores expire sessions by themselves.
PS_GC_FUNC(sessmirror) {
    (void)mod_data, (void)maxlifetime;
    *nrdels = 0;
    return 0;
}

PS_CREATE_SID_FUNC(sessmirror) {
    zend_string* const id = php_session_create_id(mod_data);
    OpenedSession* const handle = mod_data == nullptr ? nullptr : opened(mod_data);
    if (id != nullptr && handle != nullptr) {
        const std::string_view drawn = view(id);
        // Only a client that gets cookies can return one.
        const bool has_cookies = PS(use_cookies) && SG(request_info).request_method != nullptr;
        (void)guarded([&]() -> Status {
            handle->session->created(drawn);
            if (has_cookies) SESSMIRROR_G(worker)->first_visit().drew(drawn);
            return kOk;
        });
    }
    return id;
}

// SUCCESS means "exists". When that cannot be found out, FAILURE would make PHP replace the id and
// so log the visitor out: the id is taken as it is, and the read that follows fails the start.
PS_VALIDATE_SID_FUNC(sessmirror) {
    OpenedSession* const handle = opened(mod_data);
    if (handle == nullptr) return FAILURE;
    const std::string_view id = view(key);
    const zend_long lifetime = configured_lifetime();

    const auto exists = guarded([&] { return handle->session->exists(id, lifetime); });
    handle->is_validation_failed = !exists;
    if (!exists) {
        handle->validation_error = exists.error();
        return SUCCESS;
    }
    log_journal();
    return *exists ? SUCCESS : FAILURE;
}

}  // namespace

void close_what_is_left_open() noexcept {
    // A worker that serves many requests in one script may go on with it.
    if (PS(session_status) == php_session_active) return;
    while (OpenedSession* const handle = SESSMIRROR_G(opened)) {
        SESSMIRROR_G(opened) = handle->opened_before;
        (void)guarded([&]() -> Status {
            const std::unique_ptr<OpenedSession> closing(handle);
            return kOk;
        });
    }
}

const ps_module session_module = {PS_MOD_UPDATE_TIMESTAMP(sessmirror)};

}  // namespace sessmirror::shim
