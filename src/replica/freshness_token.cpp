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
constexpr char kAnnounces = '-';

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// 40 bits over everything in front of it.
std::uint64_t tag_of(std::string_view claim, const store::SessionKey& key) noexcept {
    std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
    const std::string_view secret = key.hashed();
    crypto_generichash(digest.data(), digest.size(), bytes_of(claim), claim.size(),
                       bytes_of(secret), secret.size());
    std::uint64_t tag = 0;
    for (std::size_t i = 0; i < kTagBytes; ++i) tag = tag << 8 | digest[i];
    return tag;
}

class Writer {
  public:
    Writer(char* begin, std::size_t room) noexcept
        : begin_(begin), end_(begin), limit_(begin + room) {}

    void put(std::uint64_t number) noexcept {
        end_ = std::to_chars(end_, limit_, number, kBase).ptr;
    }
    void put(char separator) noexcept { *end_++ = separator; }
    void put(record::Version version) noexcept {
        put(std::uint64_t{version.generation});
        put(kDot);
        put(std::uint64_t{version.nonce});
    }
    [[nodiscard]] std::string_view text() const noexcept {
        return {begin_, static_cast<std::size_t>(end_ - begin_)};
    }

  private:
    char* begin_;
    char* end_;
    char* limit_;
};

// Each take_ reads one thing off the front of `text`, or gives nothing.
std::optional<std::uint32_t> take_number(std::string_view& text) noexcept {
    std::uint32_t number = 0;
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), number, kBase);
    if (failed != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take_separator(std::string_view& text, char separator) noexcept {
    if (text.empty() || text.front() != separator) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<record::Version> take_version(std::string_view& text) noexcept {
    const auto generation = take_number(text);
    if (!generation || !take_separator(text, kDot)) return std::nullopt;
    const auto nonce = take_number(text);
    if (!nonce) return std::nullopt;
    return record::Version{*generation, *nonce};
}

}  // namespace

TokenText::TokenText(const FreshnessToken& token, const store::SessionKey& key) noexcept {
    Writer writer(text_.data(), text_.size());
    writer.put(token.version);
    if (!token.announced.is_none()) {
        writer.put(kAnnounces);
        writer.put(token.announced);
    }
    const std::uint64_t tag = tag_of(writer.text(), key);
    writer.put(kDot);
    writer.put(tag);
    size_ = static_cast<std::uint8_t>(writer.text().size());
}

std::optional<FreshnessToken> parse_token(std::string_view text,
                                          const store::SessionKey& key) noexcept {
    FreshnessToken token;
    std::string_view rest = text;
    const auto version = take_version(rest);
    if (!version) return std::nullopt;
    token.version = *version;
    if (take_separator(rest, kAnnounces)) {
        const auto announced = take_version(rest);
        if (!announced || announced->is_none()) return std::nullopt;
        token.announced = *announced;
    }
    if (token.generation() == 0) return std::nullopt;
    // There is one way to write a token, so comparing the whole text checks the tag as well.
    if (TokenText(token, key).view() != text) return std::nullopt;
    return token;
}

}  // namespace sessmirror::replica
