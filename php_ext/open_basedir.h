// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "worker.h"

namespace sessmirror::shim {

// Holds the sockets and directories that the list of stores names against open_basedir, wherever
// the list comes from. Errc::BadConfig names the first that lies outside. Calls PHP.
Status check_open_basedir(Worker& worker, std::string_view save_path);

}  // namespace sessmirror::shim
