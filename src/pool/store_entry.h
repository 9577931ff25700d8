// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

// Reads one entry of the store list:
//     entry   = address [ "?" parameters ]  |  scheme "://" target [ "?" parameters ]
//     address = [ "tcp://" ] host [ ":" port [ ":" weight ]] [ "/" ]
//             | [ "unix://" | "unix:" ] /path [ ":0" [ ":" weight ]]
//     host    = letters, digits, '-', '.', '_'  |  "[" IPv6 "]"
// The engine with that scheme reads the target. An address is a store of the engine that has a
// telling parameter, or whose port it is, and otherwise of the usual engine. See store_parameters.h
// for the parameters. The result is in canonical form (see store/notation.h).
// Errc::BadConfig with a reason that does not repeat the entry, which may hold a password; it names
// schemes and parameters that are not known only if `may_quote`.
Result<store::StoreSpec> parse_store_entry(std::string_view entry, bool may_quote);

}  // namespace sessmirror::pool
