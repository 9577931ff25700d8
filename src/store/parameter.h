// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sessmirror::store {

// A parameter that an engine has of its own in the list of stores: "?name=value". Static data.
struct Parameter {
    enum class Type : std::uint8_t {
        Number,   // from `least` to `most`
        Text,     // from `least` to `most` bytes, decoded as PHP does: %XX, and '+' for a blank
        Ignored,  // any text, without effect: another handler knows the parameter
    };
    std::string_view name;
    Type type = Type::Text;
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    std::string_view otherwise = {};  // the value where the list gives none; digits for a Number
    // What a refusal says: "<called> must be <must_be>", and for a Number " from <least> to
    // <most>".
    const char* called = nullptr;  // null: the parameter "<name>"
    const char* must_be = "";
    // Whether a Text of that length may be used. Null: it may.
    bool (*accepts)(std::string_view value) noexcept = nullptr;
};

// The values of an engine's own parameters in one entry of the list.
class Settings {
  public:
    // Reads what stands behind the '='. Errc::BadConfig, which does not show it, when the parameter
    // cannot have it. `parameter` is static.
    Status set(const Parameter& parameter, std::string_view text);
    // Whether the list gives it.
    [[nodiscard]] bool has(const Parameter& parameter) const noexcept;
    // As given, or what it is otherwise. Valid until set().
    [[nodiscard]] std::string_view text(const Parameter& parameter) const noexcept;
    // REQUIRES: a Number
    [[nodiscard]] std::uint32_t number(const Parameter& parameter) const noexcept;

  private:
    struct Value {
        std::string_view name;
        std::string text;
    };
    std::vector<Value> values_;
};

}  // namespace sessmirror::store
