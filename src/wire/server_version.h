// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace sessmirror::wire {

// memcached's own version number, by which features are detected: older releases accept unknown
// flags silently or with differing errors, so trying is no way to find out.
struct ServerVersion {
    int major = 0;
    int minor = 0;
    int patch = 0;

    // NOLINTNEXTLINE(modernize-use-nullptr): of what the compiler makes here
    friend auto operator<=>(const ServerVersion&, const ServerVersion&) = default;
};

// The first release whose meta commands answer with their final codes (HD instead of OK).
inline constexpr ServerVersion kMetaProtocol{1, 6, 10};
// The first release that lets the client choose an item's CAS (flag E).
inline constexpr ServerVersion kExplicitCas{1, 6, 27};

// "1.6.18", also with anything behind the three numbers ("1.6.18-beta2"); nullopt otherwise.
std::optional<ServerVersion> parse_server_version(std::string_view text) noexcept;

}  // namespace sessmirror::wire
