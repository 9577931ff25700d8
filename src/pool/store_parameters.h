// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

inline constexpr std::uint32_t kMaxWeight = 1000;

inline constexpr std::uint32_t kMaxDatabase = 65535;

// What the target of an entry, before the '?', has said already.
struct Given {
    bool weight = false;
    bool database = false;
};

// Applies what stands behind the '?' of an entry of the store list, "weight=2&timeout=0.5", to
// `spec`, whose engine is known. Meanings, for all notations alike:
//   weight              1 .. 1000
//   timeout             seconds with decimals; for connecting and for answers, as memcache means it
//   connect_timeout_ms, io_timeout_ms, read_timeout (seconds, answers)   stronger than timeout
//   persistent, retry_interval                     checked and without effect: connections are
//                                                  always persistent, the time between probes is
//                                                  the pool's own
// for memcached besides
//   udp_port            0 only
// for Redis besides
//   database            0 .. 65535
//   auth, auth[...]     see redis_credentials.h
//   persistent_id       without effect
// and for the embedded store nothing but
//   size_mb             8 .. 1048576
// Everything else, an empty value (but of auth and persistent_id) and a repeated parameter are
// Errc::BadConfig. The detail never shows a value, which may be a password; it names the parameter,
// one that is not known only if `may_quote` and if it cannot be a part of a password either.
Status apply_parameters(std::string_view query, Given given, bool may_quote,
                        store::StoreSpec& spec);

// Whether a parameter makes a server a Redis: no handler but redis has it.
bool has_redis_parameter(std::string_view query);

// Whether a parameter has a meaning and its value is no secret.
bool is_parameter(std::string_view name) noexcept;

}  // namespace sessmirror::pool
