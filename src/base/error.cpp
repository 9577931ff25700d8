// SPDX-License-Identifier: BSD-3-Clause
#include "base/error.h"

#include <cstdio>
#include <cstring>

namespace sessmirror {

const char* describe(Errc code) noexcept {
    switch (code) {
        case Errc::BadConfig:
            return "configuration error";
        case Errc::BadName:
            return "the host name does not resolve";
        case Errc::Refused:
            return "connection refused";
        case Errc::Unreachable:
            return "not reachable";
        case Errc::Timeout:
            return "no answer in time";
        case Errc::Closed:
            return "connection closed by the store";
        case Errc::Protocol:
            return "not a valid answer";
        case Errc::StoreError:
            return "the store reported an error";
        case Errc::TooLarge:
            return "the session is too large";
        case Errc::OutOfTime:
            return "no time left";
        case Errc::Skipped:
            return "not asked";
        case Errc::NoStore:
            return "no store can be asked";
        case Errc::LockTimeout:
            return "the session is locked by another request";
        case Errc::Conflict:
            return "another request stored a newer version";
        case Errc::Stale:
            return "the newest version of the session is out of reach";
        case Errc::Corrupt:
            return "the stored value is damaged";
        case Errc::Unreadable:
            return "the session is stored in a form that this host cannot read";
        case Errc::NotEnoughAcks:
            return "too few stores acknowledged the write";
        case Errc::OutOfMemory:
            return "out of memory";
        case Errc::Internal:
            return "internal error";
    }
    return "unknown error";
}

Error::Error(Errc error_code, const char* format, ...) noexcept : code(error_code) {
    va_list args;
    va_start(args, format);
    std::vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
}

void Error::append(const char* format, ...) noexcept {
    const std::size_t used = std::strlen(detail);
    va_list args;
    va_start(args, format);
    std::vsnprintf(detail + used, sizeof detail - used, format, args);
    va_end(args);
}

}  // namespace sessmirror
