// SPDX-License-Identifier: BSD-3-Clause
#include "replica/freshness_token.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>

namespace sessmirror::replica {
namespace {

constexpr int kBase = 36;
constexpr std::size_t kTagBytes = 5;
constexpr char kDot = '.';

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Each take_ reads one thing off the front of `text`, or gives nothing.
std::optional<std::uint32_t> take_number(std::string_view& text) noexcept {
    std::uint32_t number = 0;
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), number, kBase);
    if (failed != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

// Tells the kinds apart.
constexpr char mark_of(FreshnessToken::Kind kind) noexcept {
    switch (kind) {
        case FreshnessToken::Kind::Open:
            return '-';
        case FreshnessToken::Kind::Ended:
            return '_';
        case FreshnessToken::Kind::Exact:
            break;
    }
    return kDot;
}

FreshnessToken::Kind kind_of(char mark) noexcept {
    using Kind = FreshnessToken::Kind;
    for (const Kind kind : {Kind::Open, Kind::Ended})
        if (mark == mark_of(kind)) return kind;
    return Kind::Exact;
}

std::optional<char> take_mark(std::string_view& text) noexcept {
    if (text.empty()) return std::nullopt;
    const char mark = text.front();
    text.remove_prefix(1);
    return mark;
}

}  // namespace

static_assert(TokenSeal::kKey == crypto_shorthash_KEYBYTES);

TokenSeal::TokenSeal(std::string_view secret) noexcept : is_secret_(!secret.empty()) {
    // Apart from every other use of the secret, and from keys of stored items above all.
    constexpr std::string_view kDomain = "sessmirror token 2";
    std::array<unsigned char, crypto_generichash_KEYBYTES> root{};
    crypto_generichash(root.data(), root.size(), bytes_of(secret), secret.size(), nullptr, 0);
    crypto_generichash(key_.data(), key_.size(), bytes_of(kDomain), kDomain.size(), root.data(),
                       root.size());
    sodium_memzero(root.data(), root.size());
}

std::uint64_t TokenSeal::tag(std::string_view claim, const store::SessionKey& key) const noexcept {
    // In one piece: the name has always the same length, so no two claims and names look alike.
    std::array<char, TokenText::kMax + store::SessionKey::kHashChars> text{};
    const std::string_view name = key.hashed();
    char* end = std::copy(claim.begin(), claim.end(), text.begin());
    end = std::copy(name.begin(), name.end(), end);
    const std::string_view sealed(text.data(), static_cast<std::size_t>(end - text.data()));
    std::array<unsigned char, crypto_shorthash_BYTES> digest{};
    crypto_shorthash(digest.data(), bytes_of(sealed), sealed.size(), key_.data());
    std::uint64_t tag = 0;
    for (std::size_t i = 0; i < kTagBytes; ++i) tag = tag << 8 | digest[i];
    return tag;
}

TokenText::TokenText(const FreshnessToken& token, const store::SessionKey& key,
                     const TokenSeal& seal) noexcept {
    char* const begin = text_.data();
    char* const limit = begin + text_.size();
    char* end = std::to_chars(begin, limit, token.version.generation, kBase).ptr;
    *end++ = kDot;
    end = std::to_chars(end, limit, token.version.nonce, kBase).ptr;
    *end++ = mark_of(token.kind);
    const std::uint64_t tag = seal.tag({begin, static_cast<std::size_t>(end - begin)}, key);
    end = std::to_chars(end, limit, tag, kBase).ptr;
    size_ = static_cast<std::uint8_t>(end - begin);
}

std::optional<FreshnessToken> parse_token(std::string_view text, const store::SessionKey& key,
                                          const TokenSeal& seal) noexcept {
    std::string_view rest = text;
    const auto generation = take_number(rest);
    if (!generation || take_mark(rest) != kDot) return std::nullopt;
    const auto nonce = take_number(rest);
    if (!nonce) return std::nullopt;
    const FreshnessToken token{{*generation, *nonce}, kind_of(take_mark(rest).value_or(kDot))};
    // There is one way to write a token, so comparing the whole text checks everything else.
    if (TokenText(token, key, seal).view() != text) return std::nullopt;
    return token;
}

}  // namespace sessmirror::replica
