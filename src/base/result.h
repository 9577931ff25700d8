// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.h"

namespace sessmirror {

// A value or an Error: the subset of std::expected<T, Error> that this project uses, with the same
// names, so that C++23 can replace it by an alias. Early return is written out:
//     auto reply = ask();
//     if (!reply) return reply.error();
template <class T>
class [[nodiscard]] Result {
  public:
    using value_type = T;

    Result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)
        : state_(std::in_place_index<0>, std::move(value)) {}
    Result(const Error& error) noexcept : state_(std::in_place_index<1>, error) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    // REQUIRES: has_value()
    T& operator*() noexcept { return *std::get_if<0>(&state_); }
    const T& operator*() const noexcept { return *std::get_if<0>(&state_); }
    T* operator->() noexcept { return std::get_if<0>(&state_); }
    const T* operator->() const noexcept { return std::get_if<0>(&state_); }

    // REQUIRES: !has_value()
    [[nodiscard]] const Error& error() const noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] Error& error() noexcept { return *std::get_if<1>(&state_); }

    template <class U>
    [[nodiscard]] T value_or(U&& fallback) const& {
        return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
    }

  private:
    std::variant<T, Error> state_;
};

struct Unit {};
using Status = Result<Unit>;  // success carries nothing
inline constexpr Unit kOk{};

}  // namespace sessmirror
