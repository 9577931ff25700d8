// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "store/session_key.h"

namespace sessmirror::store {

// The name of an item that stands beside a session's own: its key and a suffix. Plain data.
class ItemName {
  public:
    // A chunk's: the longest prefix and hash, two dots, a version and a number.
    static constexpr std::size_t kMax = SessionKey::kMaxPrefix + SessionKey::kHashChars + 28;

    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    ItemName(const SessionKey& key, std::string_view suffix) noexcept {
        append(key.text());
        append(suffix);
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    ItemName(std::string_view prefix, const SessionKey& key) noexcept {
        append(prefix);
        append(key.text());
    }
    // REQUIRES: it fits.
    void append(std::string_view text) noexcept {
        std::copy(text.begin(), text.end(), bytes_.begin() + size_);
        size_ = static_cast<std::uint8_t>(size_ + text.size());
    }
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
    operator std::string_view() const noexcept { return view(); }

  private:
    std::array<char, kMax> bytes_;  // the first size_ of them
    std::uint8_t size_ = 0;
};

// The item that holds a session's hint (see Store::leave_hint).
inline ItemName hint_key(const SessionKey& key) noexcept {
    return {key, ".c"};
}

}  // namespace sessmirror::store
