// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace sessmirror::store {

// What to do about a store whose error has these words: they say more than its code does. Null when
// they do not.
const char* remedy_of_words(std::string_view detail) noexcept;

}  // namespace sessmirror::store
