// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sessmirror::test {

inline std::string to_hex(ByteView bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const std::byte b : bytes) {
        out += kDigits[std::to_integer<unsigned>(b) >> 4];
        out += kDigits[std::to_integer<unsigned>(b) & 15];
    }
    return out;
}

inline Bytes from_hex(std::string_view text) {
    Bytes out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out.push_back(static_cast<std::byte>(
            std::strtoul(std::string(text.substr(i, 2)).c_str(), nullptr, 16)));
    return out;
}

}  // namespace sessmirror::test
