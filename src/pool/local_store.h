// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/address.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

inline constexpr int kNoLocalStore = -1;

// Which entry of the list runs on this host. `setting` is the directive sessmirror.local:
//   auto      the first directory or UNIX socket, else the first whose address is loopback or one
//             of this host's
//   none      kNoLocalStore; so does the empty text, which is what php.ini makes of an unquoted
//             none
//   ENDPOINT  the entry with that name, in any accepted notation; Errc::BadConfig if there is none
// `addresses[i]` are the resolved addresses of stores[i] (empty when the name did not resolve in
// time: such a store is not taken for local), `own` those of this host's interfaces.
Result<int> find_local_store(std::string_view setting, std::span<const store::StoreSpec> stores,
                             std::span<const std::vector<net::IpAddress>> addresses,
                             std::span<const net::IpAddress> own);

}  // namespace sessmirror::pool
