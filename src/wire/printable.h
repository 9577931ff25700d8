// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace sessmirror::wire {

// Texts of stores end up in messages: keep what is printable, whatever was sent.
inline void keep_printable(std::string_view text, std::string& out) {
    out.assign(text);
    for (char& c : out)
        if (c < ' ' || c > '~') c = '?';
}

}  // namespace sessmirror::wire
