// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace sessmirror {

// XXH3, 64 bits (xxHash library). Not for secrets: placement and accident detection only.
std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0) noexcept;

// XXH3-64 over `head` followed by `tail`, without joining them.
std::uint64_t checksum(ByteView head, ByteView tail) noexcept;

}  // namespace sessmirror
