// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
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

template <class Int>
constexpr void put_be(std::byte* out, Int value) noexcept {
    for (std::size_t i = 0; i < sizeof(Int); ++i)
        out[i] = static_cast<std::byte>(value >> (8 * (sizeof(Int) - 1 - i)));
}

template <class Int>
constexpr Int get_be(const std::byte* in) noexcept {
    Int value = 0;
    for (std::size_t i = 0; i < sizeof(Int); ++i)
        value = static_cast<Int>(static_cast<std::uint64_t>(value) << 8 |
                                 std::to_integer<std::uint64_t>(in[i]));
    return value;
}

}  // namespace sessmirror
