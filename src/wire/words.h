// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <string_view>

namespace sessmirror::wire {

// The text up to the next blank; `rest` keeps what follows the blank.
inline std::string_view take_word(std::string_view& rest) noexcept {
    const std::size_t end = rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return word;
}

// All of the text, and nothing else.
template <class Int>
bool read_number(std::string_view text, Int& out) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

}  // namespace sessmirror::wire
