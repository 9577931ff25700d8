// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace sessmirror {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

inline ByteView as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Integers are big endian in everything that is stored, so that memcmp orders versions.

// One instruction and a move, also where the compiler does not unroll loops (-O2).
template <class Int>
Int swapped_if_little(Int value) noexcept {
    if constexpr (std::endian::native == std::endian::big || sizeof(Int) == 1)
        return value;
    else if constexpr (sizeof(Int) == 2)
        return static_cast<Int>(__builtin_bswap16(value));
    else if constexpr (sizeof(Int) == 4)
        return static_cast<Int>(__builtin_bswap32(value));
    else
        return static_cast<Int>(__builtin_bswap64(value));
}

template <class Int>
void put_be(std::byte* out, Int value) noexcept {
    const Int stored = swapped_if_little(value);
    std::memcpy(out, &stored, sizeof stored);
}

template <class Int>
Int get_be(const std::byte* in) noexcept {
    Int stored = 0;
    std::memcpy(&stored, in, sizeof stored);
    return swapped_if_little(stored);
}

}  // namespace sessmirror
