// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace sessmirror::migration {

// "1.2.13", of the zlib that was loaded; "not built in" without it. Static.
const char* zlib_library() noexcept;

// What zlib has compressed: a stream with its header and checksum. Accepts any input, and allocates
// no more than `max` bytes for the content. `name` is that of the place. Errc::Corrupt,
// Errc::TooLarge, or Errc::Unreadable in a build without zlib.
Result<Bytes> unpack_zlib(const std::string& name, ByteView packed, std::uint64_t max);

}  // namespace sessmirror::migration
