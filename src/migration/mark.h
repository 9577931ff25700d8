// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sessmirror::migration {

// A mark as it is stored beside a session: 16 hexadecimal digits.
inline constexpr std::size_t kMarkSize = 16;

inline std::string mark_text(std::uint64_t mark) {
    std::string text(kMarkSize, '0');
    for (std::size_t i = kMarkSize; i-- > 0; mark >>= 4)
        text[i] = "0123456789abcdef"[static_cast<std::size_t>(mark & 15)];
    return text;
}

// nullopt for anything else.
inline std::optional<std::uint64_t> parse_mark(std::string_view text) noexcept {
    std::uint64_t mark = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, mark, 16);
    const bool is_whole = text.size() == kMarkSize && parsed.ec == std::errc() && parsed.ptr == end;
    return is_whole ? std::optional(mark) : std::nullopt;
}

}  // namespace sessmirror::migration
