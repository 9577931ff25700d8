// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace sessmirror::shim {

// The scripts of which this worker has seen that they change a session after the headers have left,
// when the client cannot be told any more. Their clients are told beforehand, by an open token,
// that a change may follow. All others are spared the header and the question that an open token
// costs. Forgets when two scripts meet in one place; nothing but that is lost.
class LateWriters {
  public:
    void add(std::string_view script) noexcept {
        const std::uint64_t hash = hash_of(script);
        place_of(hash) = hash;
    }
    [[nodiscard]] bool has(std::string_view script) noexcept {
        const std::uint64_t hash = hash_of(script);
        return place_of(hash) == hash;
    }

  private:
    static std::uint64_t hash_of(std::string_view script) noexcept {
        return hash64(script) | 1;  // 0 is a free place
    }
    std::uint64_t& place_of(std::uint64_t hash) noexcept {
        return places_[(hash >> 1) % places_.size()];
    }

    std::array<std::uint64_t, 64> places_{};
};

}  // namespace sessmirror::shim
