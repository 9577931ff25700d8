// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/item_name.h"

namespace sessmirror::store {

// The item `<key>.e`: when the session's item ends, in seconds since 1970, in decimal digits. The
// classic protocol tells no lifetimes, so whoever sets one there writes it down. Under no guard.
inline ItemName expiry_key(const SessionKey& key) noexcept {
    return {key, ".e"};
}

inline std::string expiry_text(std::uint32_t ttl_s, std::uint32_t now_unix) {
    return std::to_string(std::uint64_t{now_unix} + ttl_s);
}

// The lifetime that is left. 0 where the item is gone, or says nothing: an unknown lifetime is
// extended.
inline std::int64_t ttl_left(std::string_view text, std::uint32_t now_unix) noexcept {
    std::int64_t end = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), end);
    if (error != std::errc{} || rest != text.data() + text.size()) return 0;
    constexpr std::int64_t kMost = std::int64_t{1} << 40;
    return std::clamp(end, std::int64_t{0}, kMost) <= now_unix
               ? 0
               : std::min(end, kMost) - std::int64_t{now_unix};
}

}  // namespace sessmirror::store
