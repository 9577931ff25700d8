// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace sessmirror::migration {

// A session as another handler has stored it.
struct OldSession {
    Bytes content;                 // as PHP's serializer made it, never as it was compressed
    std::uint32_t lifetime_s = 0;  // that it has left; at least 1
};

// What a place knows of a session.
struct OldState {
    std::optional<OldSession> session;  // none: it has no such session
    // mark_of() what was exported there last, kept beside the session; none: nothing was.
    std::optional<std::uint64_t> mark;
};

[[nodiscard]] std::uint64_t mark_of(ByteView content) noexcept;

// Whether the caller holds the old handler's lock of the session, by try_lock().
enum class Held : bool { No, Yes };

// Where another session handler keeps its sessions, in that handler's own format. The only code
// that knows the names and values of that format.
//
// A call runs the event loop until it is over, by the deadline at the latest. Failures are
// returned; only std::bad_alloc may be thrown. No message holds an id, a content or a password.
// REQUIRES of every id: is_old_id().
class OldPlace {
  public:
    virtual ~OldPlace() = default;

    // For messages: "files /var/lib/php/sessions".
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;

    // `lifetime_s` is that of the page's sessions. Besides failures to ask:
    //   Errc::TooLarge, Errc::Corrupt, Errc::Unreadable   it has one, which cannot be used here
    virtual Result<OldState> read(std::string_view id, std::uint32_t lifetime_s, Held held,
                                  TimePoint deadline) = 0;
    // Stores the content and its mark, whatever is there.
    virtual Status write(std::string_view id, ByteView content, std::uint32_t lifetime_s, Held held,
                         TimePoint deadline) = 0;
    // Extends the lifetime of what is there. False: there is no such session.
    virtual Result<bool> touch(std::string_view id, std::uint32_t lifetime_s,
                               TimePoint deadline) = 0;
    // The session and its mark. Erasing what is not there succeeds.
    virtual Status erase(std::string_view id, TimePoint deadline) = 0;

    // The lock that a page of the old handler holds while it has the session open.
    struct Lock {
        bool is_held = false;
        int file = -1;  // for the place
    };
    // Not held: another page holds it. For `lease_s` at most.
    virtual Result<Lock> try_lock(std::string_view id, std::uint32_t lease_s,
                                  TimePoint deadline) = 0;
    // REQUIRES: held
    virtual Status unlock(std::string_view id, const Lock& lock, TimePoint deadline) = 0;
};

// Whether PHP itself can have drawn the id. Others are unknown to every old place: their bytes
// would reach a protocol, or the name of a file.
[[nodiscard]] bool is_old_id(std::string_view id) noexcept;

}  // namespace sessmirror::migration
