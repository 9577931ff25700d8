// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cstddef>

#include "base/hash.h"

// The state of a hash lives on the stack, and nothing is allocated. Where the library can choose by
// the processor it does, which halves what a session costs to check; elsewhere it is compiled in.
#ifdef SESSMIRROR_WITH_XXH_DISPATCH
#define XXH_STATIC_LINKING_ONLY
#include <xxh_x86dispatch.h>
#include <xxhash.h>
#else
#define XXH_INLINE_ALL
#include <xxhash.h>
#endif

namespace sessmirror {
namespace {

// Up to this size the bytes are joined: to copy them costs less than to hash them piece by piece,
// for which the library keeps a state of half a kilobyte and a buffer.
constexpr std::size_t kJoined = 4096;

std::uint64_t checksum_joined(std::initializer_list<ByteView> pieces) noexcept {
    std::array<std::byte, kJoined> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::byte* end = bytes.data();
    for (const ByteView piece : pieces) end = std::copy(piece.begin(), piece.end(), end);
    return XXH3_64bits(bytes.data(), static_cast<std::size_t>(end - bytes.data()));
}

}  // namespace

std::uint64_t checksum(std::initializer_list<ByteView> pieces) noexcept {
    std::size_t size = 0;
    for (const ByteView piece : pieces) size += piece.size();
    if (size <= kJoined) return checksum_joined(pieces);
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (const ByteView piece : pieces) XXH3_64bits_update(&state, piece.data(), piece.size());
    return XXH3_64bits_digest(&state);
}

}  // namespace sessmirror
