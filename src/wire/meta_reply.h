// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace sessmirror::wire {

// What the first word of a reply line says. One request gets exactly one reply, except that the
// reply to `stats` is any number of Stat followed by End.
enum class ReplyCode : std::uint8_t {
    Done,         // HD: done, or found (without its value). STORED, DELETED, TOUCHED
    Value,        // VA. VALUE, up to the END behind it
    Miss,         // EN
    NotStored,    // NS, NOT_STORED: the mode (add, append) forbade it
    Exists,       // EX, EXISTS: the item has another CAS
    NotFound,     // NF, NOT_FOUND: a CAS, a deletion or a touch was asked for an absent item
    NoOp,         // MN
    Version,      // VERSION, number in `text`
    Stat,         // STAT, "name value" in `text`
    End,          // END. In the classic dialect a miss, too
    ServerError,  // SERVER_ERROR, reason in `text`; classic: ERROR and CLIENT_ERROR as well
    Refusal,      // ERROR and a reason, in `text`: how a store turns a connection away
};

// One reply. Fields that the line did not carry keep these defaults.
struct Reply {
    ReplyCode code = ReplyCode::Miss;
    bool has_cas = false;
    bool has_opaque = false;
    std::uint32_t opaque = 0;
    std::uint32_t client_flags = 0;
    std::uint64_t cas = 0;
    std::int64_t ttl_left_s = 0;  // -1: never expires
    std::string text;             // printable ASCII, see the codes above; classic Value: its key
    Bytes value;                  // of Value only
};

}  // namespace sessmirror::wire
