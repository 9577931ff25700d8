// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/address.h"
#include "store/store_spec.h"

namespace sessmirror::pool {

inline constexpr int kNoTwin = -1;

// Which stores of a list are one server under several names, as far as their addresses tell: for
// each the first store of the same server, if that is another one. `addresses[i]` are the resolved
// addresses of stores[i], as for find_local_store(). Databases of one Redis are one server too:
// they are lost together.
std::vector<int> find_twins(std::span<const store::StoreSpec> stores,
                            std::span<const std::vector<net::IpAddress>> addresses);

// What whoever wrote the list is told.
Error same_server(std::string_view name, std::string_view other) noexcept;

}  // namespace sessmirror::pool
