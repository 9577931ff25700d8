// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/bytes.h"

namespace sessmirror {

// XXH3, 64 bits (xxHash library). Not for secrets: placement and accident detection only.
std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0) noexcept;

// XXH3-64 over the pieces, one after the other, as if they were one text.
std::uint64_t checksum(std::initializer_list<ByteView> pieces) noexcept;

}  // namespace sessmirror
