// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/connection.h"

namespace sessmirror::migration {

// One entry of sessmirror.import.
struct PlaceSpec {
    enum class Handler : std::uint8_t { Files, Memcached, Memcache, Redis, RedisCluster };
    static constexpr std::uint32_t kDeepest = 16;

    Handler handler = Handler::Files;
    std::string path;        // of the folder, or of the server's socket
    std::string host;        // or empty
    std::uint16_t port = 0;  // 0: that of the handler
    std::string prefix;      // of all keys
    std::string user;        // of a Redis; empty: its default user
    std::string password;    // of a Redis; empty: it asks for none
    std::uint32_t database = 0;
    std::uint32_t depth = 0;  // of the folders below `path`, the N of session.save_path = "N;/path"

    // For messages, without a password: "redis 10.0.0.1:6379".
    [[nodiscard]] std::string name() const;
    // REQUIRES: a server
    [[nodiscard]] net::Endpoint endpoint() const;
};

// Reads a list of old places, separated by commas, semicolons or blanks:
//     files:///folder[?depth=N]
//     memcached://server[?prefix=TEXT]      memcache://server[?prefix=TEXT]
//     redis://[user:password@]server[/database][?prefix=TEXT]
//     rediscluster://[user:password@]server[?prefix=TEXT]
//     server = host[:port] | "[" IPv6 "]"[:port] | /path of a socket
// Every byte of a path, a prefix, a user or a password may be written as %XX. Errc::BadConfig with
// a reason that says which entry cannot be used and does not repeat it, since it may hold a
// password. `directive` is named there.
Result<std::vector<PlaceSpec>> parse_places(const char* directive, std::string_view text);

}  // namespace sessmirror::migration
