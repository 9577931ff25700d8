// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace sessmirror::store {

// The name under which a session is stored: `key_prefix` followed by 32 characters of
// [A-Za-z0-9_-], a BLAKE2b hash of the id that the client sent (keyed when `secret` is set). It is
// the only form in which an id leaves this process, so nothing a client sends reaches a protocol,
// ids of any length or alphabet fit, and a listing of a store does not hand out session ids.
// Plain data, compared by content.
class SessionKey {
  public:
    static constexpr std::size_t kMaxPrefix = 64;
    static constexpr std::size_t kHashChars = 32;

    SessionKey() = default;
    [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }
    // The 32 hashed characters, which placement uses: the prefix must not move a session.
    [[nodiscard]] std::string_view hashed() const noexcept {
        return text().substr(size_ - kHashChars);
    }
    friend bool operator==(const SessionKey& a, const SessionKey& b) noexcept {
        return a.text() == b.text();
    }

    // The key whose text() this is, for keys that were kept as text; nullopt when it cannot be one.
    static std::optional<SessionKey> from_text(std::string_view text) noexcept;

  private:
    friend SessionKey derive_key(std::string_view, std::string_view, std::string_view) noexcept;
    std::array<char, kMaxPrefix + kHashChars> bytes_{};
    std::uint8_t size_ = 0;
};

// REQUIRES: prefix passed check_key_prefix(). `secret` may be empty and of any length.
SessionKey derive_key(std::string_view prefix, std::string_view secret,
                      std::string_view session_id) noexcept;

// Errc::BadConfig unless the prefix is at most kMaxPrefix characters of [A-Za-z0-9_.:-].
Status check_key_prefix(std::string_view prefix) noexcept;

}  // namespace sessmirror::store
