// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace sessmirror::pool {

// Cuts a store list into its entries. Entries are separated by ',' or ';' with any blanks around
// them, or by blanks alone. One leading and one trailing separator are allowed, because the handler
// memcache allows them; two separators with nothing between them are a mistake worth telling.
// `text` outlives the scanner; entries point into it.
class StoreListScanner {
  public:
    explicit StoreListScanner(std::string_view text) noexcept : text_(text) {}

    // The next entry, never empty; nullopt at the end; Errc::BadConfig for an empty entry.
    Result<std::optional<std::string_view>> next() noexcept;
    // How many entries next() has given.
    [[nodiscard]] int count() const noexcept { return count_; }

  private:
    void skip_blanks() noexcept;
    bool skip_separator() noexcept;

    std::string_view text_;
    std::size_t position_ = 0;
    int count_ = 0;
};

}  // namespace sessmirror::pool
