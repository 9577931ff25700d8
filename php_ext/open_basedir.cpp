// SPDX-License-Identifier: BSD-3-Clause
#include "open_basedir.h"

#include "boundary.h"
#include "php_compat.h"

namespace sessmirror::shim {

// The paths are the worker's: PHP may leave this frame.
Status check_open_basedir(Worker& worker, std::string_view save_path) {
    if (PG(open_basedir) == nullptr || *PG(open_basedir) == '\0') return kOk;
    const auto paths = guarded([&] { return worker.paths_of(save_path); });
    if (!paths) return paths.error();
    for (const std::string& path : *paths)
        if (php_check_open_basedir_ex(path.c_str(), 0) != 0)
            return Error(Errc::BadConfig,
                         "%.120s, which the list of stores names, is outside of open_basedir",
                         path.c_str());
    return kOk;
}

}  // namespace sessmirror::shim
