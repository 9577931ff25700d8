// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace sessmirror::store {

// What kind of server begins its answer with these bytes, for whoever wrote the list of stores.
// "" if it cannot be told.
inline const char* what_speaks_so(std::string_view bytes) noexcept {
    struct Sign {
        std::string_view begin;
        const char* meaning;
    };
    constexpr Sign kSigns[] = {
        {"-", "; it answers as a Redis does: write redis:// before its address"},
        {"+", "; it answers as a Redis does: write redis:// before its address"},
        {"CLIENT_ERROR unauthenticated", "; it asks for a password (-Y), which is not supported"},
        {"ERROR", "; it answers as a memcached does: write its address without redis://"},
        {"CLIENT_ERROR", "; it answers as a memcached does: write its address without redis://"},
        {"\x15\x03", "; it speaks TLS, which is not supported"},
        {"HTTP/", "; it is a web server"},
    };
    for (const Sign& sign : kSigns)
        if (bytes.starts_with(sign.begin)) return sign.meaning;
    return "";
}

}  // namespace sessmirror::store
