// SPDX-License-Identifier: BSD-3-Clause
// Whatever a client sends as its id, the key is of one length and alphabet, always the same for the
// same id and never for another. The first byte says where the input is cut into two ids.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/session_key.h"

namespace {

bool is_key_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using sessmirror::store::derive_key;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view first = text.substr(0, data[0] % size);
    const std::string_view second = text.substr(first.size());

    const auto key = derive_key("sm:", "secret", first);
    if (key.text().size() != 3 + 32 || !key.text().starts_with("sm:")) std::abort();
    for (const char c : key.hashed())
        if (!is_key_char(c)) std::abort();
    if (!(key == derive_key("sm:", "secret", first))) std::abort();
    if ((key == derive_key("sm:", "secret", second)) != (first == second)) std::abort();
    if (key == derive_key("sm:", "another", first)) std::abort();
    return 0;
}
