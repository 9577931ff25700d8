// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace sessmirror::shim {

// The scripts of which this worker has seen that they change a session after the headers have left,
// when the client cannot be told any more. Their clients are told beforehand, by an open token,
// that a change may follow. All others are spared the header and the question that an open token
// costs. Forgets when two scripts meet in one place; nothing but that is lost.
class LateWriters {
  public:
    void add(std::string_view script) noexcept { place_of(script) = hash_of(script); }
    [[nodiscard]] bool has(std::string_view script) noexcept {
        return place_of(script) == hash_of(script);
    }

  private:
    static std::size_t hash_of(std::string_view script) noexcept {
        return std::hash<std::string_view>()(script) | 1;  // 0 is a free place
    }
    std::size_t& place_of(std::string_view script) noexcept {
        return places_[(hash_of(script) >> 1) % places_.size()];
    }

    std::array<std::size_t, 64> places_{};
};

}  // namespace sessmirror::shim
