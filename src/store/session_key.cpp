// SPDX-License-Identifier: BSD-3-Clause
#include "store/session_key.h"

#include <sodium.h>

#include <algorithm>

namespace sessmirror::store {
namespace {

// Keeps keys of this project apart from any other use of the same hash and secret.
constexpr std::string_view kDomain = "sessmirror key 1";
constexpr std::size_t kHashBytes = SessionKey::kHashChars * 3 / 4;

bool is_prefix_char(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == ':' || c == '-';
}

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_hash_char(char c) noexcept {
    return is_prefix_char(c) && c != '.' && c != ':';
}

}  // namespace

std::optional<SessionKey> SessionKey::from_text(std::string_view text) noexcept {
    SessionKey out;
    if (text.size() < kHashChars || text.size() > out.bytes_.size()) return std::nullopt;
    const std::string_view hash = text.substr(text.size() - kHashChars);
    if (!std::all_of(text.begin(), text.end(), is_prefix_char) ||
        !std::all_of(hash.begin(), hash.end(), is_hash_char))
        return std::nullopt;
    std::copy(text.begin(), text.end(), out.bytes_.begin());
    out.size_ = static_cast<std::uint8_t>(text.size());
    return out;
}

SessionKey derive_key(std::string_view prefix, std::string_view secret,
                      std::string_view session_id) noexcept {
    // A secret of any length becomes a key of fixed length first. BLAKE2b itself takes 64 bytes.
    std::array<unsigned char, crypto_generichash_KEYBYTES> key{};
    if (!secret.empty())
        crypto_generichash(key.data(), key.size(), bytes_of(secret), secret.size(), nullptr, 0);

    std::array<unsigned char, kHashBytes> digest{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, secret.empty() ? nullptr : key.data(),
                            secret.empty() ? 0 : key.size(), digest.size());
    crypto_generichash_update(&state, bytes_of(kDomain), kDomain.size());
    crypto_generichash_update(&state, bytes_of(session_id), session_id.size());
    crypto_generichash_final(&state, digest.data(), digest.size());
    sodium_memzero(key.data(), key.size());

    SessionKey out;
    std::copy(prefix.begin(), prefix.end(), out.bytes_.begin());
    std::array<char, SessionKey::kHashChars + 1> text{};
    sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    std::copy_n(text.begin(), SessionKey::kHashChars,
                out.bytes_.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
    out.size_ = static_cast<std::uint8_t>(prefix.size() + SessionKey::kHashChars);
    return out;
}

Status check_key_prefix(std::string_view prefix) noexcept {
    if (prefix.size() > SessionKey::kMaxPrefix)
        return Error(Errc::BadConfig, "sessmirror.key_prefix has %zu characters, at most %zu fit",
                     prefix.size(), SessionKey::kMaxPrefix);
    const auto bad = std::find_if_not(prefix.begin(), prefix.end(), is_prefix_char);
    if (bad != prefix.end())
        return Error(Errc::BadConfig,
                     "sessmirror.key_prefix contains byte 0x%02x, only letters, digits and _.:- "
                     "are allowed",
                     static_cast<unsigned char>(*bad));
    return kOk;
}

}  // namespace sessmirror::store
