// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdarg>
#include <cstdint>
#include <type_traits>

namespace sessmirror {

// Why an operation failed, in the words of somebody who runs a site.
enum class Errc : std::uint8_t {
    BadConfig,      // a directive or a piece of the store list cannot be used as written
    BadName,        // a store's host name does not resolve
    Refused,        // nobody listens at the store's address, or it takes no more connections
    Unreachable,    // the network has no way to the store, or the socket file cannot be opened
    Timeout,        // the store did not answer in time: what was sent may still take effect
    Closed,         // the store closed the connection before it answered
    Protocol,       // the store answered something that is not its protocol; connection dropped
    StoreError,     // the store understood and failed (out of memory, for instance)
    TooLarge,       // the value exceeds what the store, or the documented limit, accepts
    OutOfTime,      // the caller had less time left than a store may take, as for Timeout
    Skipped,        // the store was not asked: it is known to be down, or no time was left
    NoStore,        // none of the stores that could hold the session could be asked
    LockTimeout,    // another request held the session's lock for longer than lock_wait_ms
    Conflict,       // somebody else stored a newer version since this request read its own
    Stale,          // a newer version than any in reach is known to exist, and must not be replaced
    Corrupt,        // a stored value failed its checksum and no good copy was found
    Unreadable,     // a stored value is intact, and this build or release cannot read it
    NotEnoughAcks,  // fewer stores acknowledged the write than the ack policy asks for
    OutOfMemory,    // this process could not allocate
    Internal,       // a bug of ours; the detail says where
};

const char* describe(Errc code) noexcept;

// A failure as data. Trivially copyable and free of allocations, so that it may cross a frame that
// is left by longjmp (every Zend call may do that) and may be made when memory has run out.
struct Error {
    static constexpr int kNoStore = -1;

    Errc code = Errc::Internal;
    std::int16_t store = kNoStore;  // index in the pool, or kNoStore
    int sys_errno = 0;              // 0 where no system call failed
    char detail[232] = {};          // what happened, NUL terminated, cut when it does not fit

    Error() = default;
    // Without a detail yet.
    explicit Error(Errc error_code) noexcept : code(error_code) {}
    // `detail` is printf-like; never pass secrets or session data.
    [[gnu::format(printf, 3, 4)]] Error(Errc error_code, const char* format, ...) noexcept;

    // Appends to the detail, for failures that several stores contributed to.
    [[gnu::format(printf, 2, 3)]] void append(const char* format, ...) noexcept;

    Error& at_store(int index) noexcept {
        store = static_cast<std::int16_t>(index);
        return *this;
    }
    Error& with_errno(int value) noexcept {
        sys_errno = value;
        return *this;
    }
};
static_assert(std::is_trivially_copyable_v<Error>);

}  // namespace sessmirror
