// SPDX-License-Identifier: BSD-3-Clause
// Any text is no token, or the one text that stands for the token that it reads as, and for no
// other session. Any version and kind is written as a token that reads back.
#include "replica/freshness_token.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

using namespace sessmirror;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

const replica::TokenSeal& seal() {
    static const replica::TokenSeal made("correct horse battery staple");
    return made;
}

void check_text(std::string_view text, const store::SessionKey& own,
                const store::SessionKey& others) {
    const auto token = replica::parse_token(text, own, seal());
    if (!token) return;
    require(replica::TokenText(*token, own, seal()).view() == text);
    require(!replica::parse_token(text, others, seal()));
    require(token->is_met_by(token->version));
}

void check_token(const replica::FreshnessToken& token, const store::SessionKey& own,
                 const store::SessionKey& others) {
    const replica::TokenText text(token, own, seal());
    require(!text.view().empty() && text.view().size() <= replica::TokenText::kMax);
    for (const char c : text.view())
        require((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
                c == '_');
    require(replica::parse_token(text.view(), own, seal()) == token);
    require(!replica::parse_token(text.view().substr(1), own, seal()));
    require(!replica::parse_token(text.view(), others, seal()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using Kind = replica::FreshnessToken::Kind;
    static const auto own = store::derive_key("sm:", "secret", "own");
    static const auto others = store::derive_key("sm:", "secret", "another one's");
    check_text({reinterpret_cast<const char*>(data), size}, own, others);
    if (size < 9) return 0;
    replica::FreshnessToken token;
    std::memcpy(&token.version.generation, data + 1, 4);
    std::memcpy(&token.version.nonce, data + 5, 4);
    token.kind = std::array{Kind::Exact, Kind::Open, Kind::Ended}[data[0] % 3];
    check_token(token, own, others);
    return 0;
}
