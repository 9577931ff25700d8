// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

inline constexpr std::uint16_t kDefaultPort = 11211;
inline constexpr std::uint16_t kRedisPort = 6379;

// Reads one entry of the store list:
//     entry  = [ "tcp://" ] host [ ":" port [ ":" weight ]] [ "/" ] [ "?" parameters ]
//            | [ "unix://" | "unix:" ] /path [ ":0" [ ":" weight ]] [ "?" parameters ]
//            | redis [ user ] host [ ":" port [ ":" weight ]] [ "/" [ database ]] [ "?" parameters
//            ] | redis [ user ] /path [ ":0" [ ":" weight ]] [ "?" parameters ] | "lmdb://"
//            /directory [ "?" parameters ]
//     redis  = "redis://" | "valkey://"
//     user   = [ name ] ":" password "@"
//     host   = letters, digits, '-', '.', '_'  |  "[" IPv6 "]"
// See store_parameters.h for the parameters. The result is in canonical form (lower case, shortest
// IPv6 notation), since its name places the sessions and must read the same on every host.
// A server without the scheme of Redis is one nevertheless if its port is 6379 or if it has a
// parameter that only the handler redis knows.
// Errc::BadConfig with a reason that does not repeat the entry, which may hold a password; it names
// schemes and parameters that are not known only if `may_quote`.
Result<store::StoreSpec> parse_store_entry(std::string_view entry, bool may_quote);

}  // namespace sessmirror::pool
