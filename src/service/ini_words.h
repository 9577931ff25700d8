// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace sessmirror::service {

// What php.ini may have made of another word, for a message that quotes the text; "" if nothing.
inline const char* as_written(std::string_view text) noexcept {
    if (text == "1") return " (php.ini turns on, yes and true without quotes into 1)";
    if (text.empty()) return " (php.ini turns off, no and none without quotes into this)";
    return "";
}

}  // namespace sessmirror::service
