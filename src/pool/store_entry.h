// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

inline constexpr std::uint16_t kDefaultPort = 11211;

// Reads one entry of the store list:
//     entry  = [ "tcp://" ] host [ ":" port [ ":" weight ]] [ "/" ] [ "?" parameters ]
//            | [ "unix://" | "unix:" ] /path [ ":0" [ ":" weight ]] [ "?" parameters ]
//            | "lmdb://" /directory [ "?" parameters ]
//     host   = letters, digits, '-', '.', '_'  |  "[" IPv6 "]"
// See store_parameters.h for the parameters. The result is in canonical form (lower case, shortest
// IPv6 notation), since its name places the sessions and must read the same on every host.
// Errc::BadConfig with a reason that does not repeat the entry, which may hold a password.
Result<store::StoreSpec> parse_store_entry(std::string_view entry);

}  // namespace sessmirror::pool
