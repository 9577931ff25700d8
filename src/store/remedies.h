// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace sessmirror::store {

// What to do about a store whose error has these words: they say more than its code does. Null when
// they do not.
inline const char* remedy_of_words(std::string_view detail) noexcept {
    struct Cause {
        std::string_view words;
        const char* remedy;
    };
    constexpr Cause kCauses[] = {
        {"write redis://", "Correct the list of stores."},
        {"without redis://", "Correct the list of stores."},
        {"speaks TLS", "Name a port of the store that does not use TLS."},
        {"asks for a password (-Y)", "Start that memcached without -Y."},
        {"WRONGPASS", "Correct the user or the password in the list of stores."},
        {"invalid password", "Correct the user or the password in the list of stores."},
        {"NOAUTH", "Give the password in the list of stores: redis://:password@host."},
        {"NOPERM", "Give that user of the Redis the commands and keys that sessions need."},
        {"DB index", "Correct the number of the database in the list of stores."},
        {"READONLY", "List the primary in place of its replica."},
        {"OOM command not allowed", "Give that Redis more memory (maxmemory)."},
        {"out of memory", "Give that store more memory."},
        {"unknown command",
         "Let that Redis run scripts: EVAL, EVALSHA and SCRIPT must not be "
         "renamed or forbidden."},
        {"No such file",
         "Start the store or correct its path. A directory for an embedded store "
         "must be there before."},
        {"Permission denied", "Let the user that PHP runs as open the socket."},
        {"closed the connection",
         "Check that the stores run and can be reached from this host. "
         "A server that expects TLS, and a proxy that does not know the "
         "commands (twemproxy), close connections as well."},
    };
    for (const Cause& cause : kCauses)
        if (detail.find(cause.words) != std::string_view::npos) return cause.remedy;
    return nullptr;
}

}  // namespace sessmirror::store
