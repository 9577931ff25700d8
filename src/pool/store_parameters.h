// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/notation.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

// Applies what stands behind the '?' of an entry of the store list, "weight=2&timeout=0.5", to
// `spec`, whose engine is known, and whose address has `given` something already. Meanings, for all
// notations alike:
//   weight              1 .. 1000
//   timeout             seconds with decimals; for connecting and for answers, as memcache means it
//   connect_timeout_ms, io_timeout_ms, read_timeout (seconds, answers)   stronger than timeout
//   persistent, retry_interval                     checked and without effect: connections are
//                                                  always persistent, the time between probes is
//                                                  the pool's own
//   change              joins, leaves
//   auth, auth[...]     of engines that hold passwords; see store/credentials.h
// and those that the engine has of its own. A directory has nothing but its own.
// Everything else, an empty value (but of auth, and where the engine allows it) and a repeated
// parameter are Errc::BadConfig. The detail never shows a value, which may be a password; it names
// the parameter, one that is not known only if `may_quote` and if it cannot be a part of a password
// either.
Status apply_parameters(std::string_view query, store::Given given, bool may_quote,
                        store::StoreSpec& spec);

// The engine that a parameter tells, where the address does not; null if none does.
const store::Engine* engine_told_in(std::string_view query);

// Whether a parameter has a meaning and its value is no secret.
bool is_parameter(std::string_view name) noexcept;

}  // namespace sessmirror::pool
