// SPDX-License-Identifier: BSD-3-Clause
#include "base/hash.h"

// Inlined, so that its state lives on the stack and nothing is allocated.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sessmirror {

std::uint64_t hash64(std::string_view text, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::uint64_t checksum(std::initializer_list<ByteView> pieces) noexcept {
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (const ByteView piece : pieces) XXH3_64bits_update(&state, piece.data(), piece.size());
    return XXH3_64bits_digest(&state);
}

}  // namespace sessmirror
