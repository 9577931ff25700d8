// SPDX-License-Identifier: BSD-3-Clause
#include "wire/server_version.h"

#include <charconv>

namespace sessmirror::wire {

std::optional<ServerVersion> parse_server_version(std::string_view text) noexcept {
    ServerVersion version;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int* part : {&version.major, &version.minor, &version.patch}) {
        if (part != &version.major) {
            if (at == end || *at != '.') return std::nullopt;
            ++at;
        }
        const auto [after, error] = std::from_chars(at, end, *part);
        if (error != std::errc{} || *part < 0) return std::nullopt;
        at = after;
    }
    return version;
}

}  // namespace sessmirror::wire
