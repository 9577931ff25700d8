// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

inline constexpr std::uint32_t kMaxWeight = 1000;

// Applies what stands behind the '?' of an entry of the store list, "weight=2&timeout=0.5", to
// `spec`. Meanings, for all three notations alike:
//   weight              1 .. 1000
//   timeout             seconds with decimals; for connecting and for answers, as memcache means it
//   connect_timeout_ms, io_timeout_ms, read_timeout (seconds, answers)   stronger than timeout
//   persistent, retry_interval                     checked and without effect: connections are
//                                                  always persistent, the time between probes is
//                                                  the pool's own
//   udp_port            0 only
// and for the embedded store nothing but
//   size_mb             8 .. 1048576
// Everything else, an empty value and a repeated parameter are Errc::BadConfig. The detail names
// the parameter and never shows a value, which may be a password.
Status apply_parameters(std::string_view query, bool weight_given, store::StoreSpec& spec);

}  // namespace sessmirror::pool
