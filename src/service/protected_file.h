// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "base/result.h"

namespace sessmirror::service {

// The content of a file that holds a secret of the site, without blanks and line ends at its end.
// Errc::BadConfig, with the path and never with the content, unless it is a regular file of at most
// kMaxProtectedFile bytes, not empty, owned by root or by the effective user, which nobody but the
// owner may write and only the owner and the group may read (modes 0600, 0640 and less).
inline constexpr std::size_t kMaxProtectedFile = 64 * 1024;
Result<std::string> read_protected_file(const std::string& path);

}  // namespace sessmirror::service
