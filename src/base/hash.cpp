// SPDX-License-Identifier: BSD-3-Clause
#include "base/hash.h"

// Inlined: what is hashed here is short, and to choose code by the processor would cost more.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sessmirror {

std::uint64_t hash64(std::string_view text, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

}  // namespace sessmirror
