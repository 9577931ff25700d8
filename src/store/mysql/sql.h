// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sessmirror::store {

// Statements that are sent together, in one packet. What a session holds or a client has sent gets
// here by hex() or quote() only, so it never is SQL.
class Sql {
  public:
    // Another statement begins.
    Sql& begin(std::string_view text) {
        if (statements_++ != 0) text_ += ';';
        return add(text);
    }
    Sql& add(std::string_view text) {
        text_ += text;
        return *this;
    }
    Sql& add_number(std::uint64_t number) { return add(std::to_string(number)); }
    // A binary string. For what is short.
    Sql& hex(std::string_view bytes);
    // A binary string, at next to no further length. REQUIRES: the server runs it in a session with
    // NO_BACKSLASH_ESCAPES and the character set `binary` (see greeting()).
    Sql& quote(ByteView first, ByteView second = {});
    // The name of a table.
    Sql& name(std::string_view name);

    [[nodiscard]] std::uint32_t statements() const noexcept { return statements_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return statements_ == 0; }
    void clear() noexcept {
        text_.clear();
        statements_ = 0;
    }
    // What stands there goes behind these.
    Sql& append(const Sql& more) {
        if (more.empty()) return *this;
        if (statements_ != 0) text_ += ';';
        statements_ += more.statements_;
        return add(more.text_);
    }

  private:
    void double_quotes(ByteView bytes);

    std::string text_;
    std::uint32_t statements_ = 0;
};

}  // namespace sessmirror::store
