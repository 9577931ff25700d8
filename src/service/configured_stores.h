// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "service/options.h"
#include "store/store_spec.h"

namespace sessmirror::service {

// The stores that a list means: an empty one and an existing directory mean the embedded store.
// Errc::BadConfig names the piece that cannot be used.
Result<std::vector<store::StoreSpec>> configured_stores(const Options& options,
                                                        std::string_view list);

// What these stores reach in the file system: sockets and directories. Empty as well for a list
// that cannot be used.
std::vector<std::string> local_paths(const Options& options, std::string_view list);

// Whether the list, which can be used, gives the password of a store.
bool gives_password(std::string_view list);

}  // namespace sessmirror::service
