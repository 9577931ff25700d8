// SPDX-License-Identifier: BSD-3-Clause
#include "messages.h"

#include "base/journal.h"
#include "php_sessmirror.h"
#include "store/remedies.h"
#include "worker.h"

// After the headers of PHP, which define it where a platform lacks it.
#include <syslog.h>

namespace sessmirror::shim {
namespace {

const char* what_failed(Step step) noexcept {
    switch (step) {
        case Step::Open:
        case Step::Read:
            return "The session was not started";
        case Step::Write:
            return "The session could not be fully stored";
        case Step::Touch:
            return "The lifetime of the session was not extended";
        case Step::Destroy:
            return "The session was not destroyed everywhere";
        case Step::DestroyUndecodable:
            return "The session was not destroyed";
    }
    return "The session failed";
}

const char* consequence(Step step, Errc code) noexcept {
    switch (step) {
        case Step::Open:
        case Step::Read:
            return "What is stored stays as it is, and this request has no session.";
        case Step::Write:
            if (code == Errc::NotEnoughAcks)
                return "The stores that acknowledged it have it; it may be lost with them.";
            if (code == Errc::Timeout || code == Errc::OutOfTime)
                return "It is not known whether the changes of this request are stored.";
            return "The changes of this request are lost; what was stored before stays.";
        case Step::Touch:
            return "It may expire early.";
        case Step::Destroy:
            return "A copy may be left until its lifetime ends.";
        case Step::DestroyUndecodable:
            return code == Errc::Corrupt
                       ? "This request has no session; the next one has that store's."
                       : "What is stored stays as it is, and this request has no session.";
    }
    return "";
}

const char* remedy(const Error& error) noexcept {
    const Errc code = error.code;
    const char* const known =
        code == Errc::BadConfig ? nullptr : store::remedy_of_words(error.detail);
    if (known != nullptr) return known;
    switch (code) {
        case Errc::BadConfig:
            return "Correct the configuration.";
        case Errc::BadName:
            return "Check the name and the resolver, or use an address.";
        case Errc::Refused:
        case Errc::Unreachable:
        case Errc::Closed:
        case Errc::Skipped:
        case Errc::NoStore:
            return "Check that the stores run and can be reached from this host.";
        case Errc::Timeout:
        case Errc::OutOfTime:
            return "Check the load of the stores and the network, or raise "
                   "sessmirror.io_timeout_ms and sessmirror.deadline_ms.";
        case Errc::Protocol:
            return "Check that a supported store listens at this address.";
        case Errc::StoreError:
            return "Check the memory and the log of the store.";
        case Errc::TooLarge:
            return "Keep less in the session, or raise sessmirror.max_session_bytes and the "
                   "store's own limit.";
        case Errc::LockTimeout:
            return "Look for a slow request with the same session, or raise "
                   "sessmirror.lock_wait_ms.";
        case Errc::Conflict:
            return "Keep sessmirror.locking = on and sessmirror.lock_lease_s above the longest "
                   "request.";
        case Errc::Stale:
            return "Bring back the stores that are away. sessmirror.stale = serve goes on with "
                   "what "
                   "is in reach.";
        case Errc::Corrupt:
            return "Check who else writes to the stores, and their memory.";
        case Errc::Unreadable:
            return "Build the same release of sessmirror, with libzstd, on every host.";
        case Errc::NotEnoughAcks:
            return "Check the stores that are missing, or relax sessmirror.ack.";
        case Errc::OutOfMemory:
            return "Check the memory of this host.";
        case Errc::Internal:
            return "Please report this with its circumstances.";
    }
    return "";
}

// Details may quote a store's answer; it must not be able to forge a line of the log.
void keep_on_one_line(char* text) noexcept {
    for (; *text != '\0'; ++text) {
        const auto byte = static_cast<unsigned char>(*text);
        if (byte < 0x20 || byte == 0x7f) *text = '?';
    }
}

int syslog_level(Severity severity) noexcept {
    switch (severity) {
        case Severity::Warning:
            return LOG_WARNING;
        case Severity::Notice:
            return LOG_NOTICE;
        case Severity::Info:
            return LOG_INFO;
    }
    return LOG_NOTICE;
}

}  // namespace

void warn(Step step, const Error& error) {
    Error shown = error;
    if (shown.detail[0] == '\0') shown.append("%s", describe(shown.code));
    keep_on_one_line(shown.detail);
    php_error_docref(nullptr, E_WARNING, "%s: %s. %s %s", what_failed(step), shown.detail,
                     consequence(step, shown.code), remedy(shown));
}

void log_journal() {
    Worker* const worker = SESSMIRROR_G(worker);
    if (worker == nullptr || worker->journal().is_empty()) return;
    constexpr char kPrefix[] = "sessmirror: ";
    JournalEntry entry;
    while (worker->journal().take(entry)) {
        if (!PG(log_errors) || !is_logged(worker->log_level(), entry.severity)) continue;
        char line[sizeof kPrefix + sizeof entry.text];
        std::memcpy(line, kPrefix, sizeof kPrefix - 1);
        std::memcpy(line + sizeof kPrefix - 1, entry.text, sizeof entry.text);
        keep_on_one_line(line);
        php_log_err_with_severity(line, syslog_level(entry.severity));
    }
}

}  // namespace sessmirror::shim
