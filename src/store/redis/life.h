// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string_view>

#include "base/hash.h"
#include "store/life.h"

namespace sessmirror::store {

// What Redis' `INFO server` says of it: every run of a server has an id of its own.
inline std::optional<Life> redis_life(std::string_view info) noexcept {
    constexpr std::string_view kName = "run_id:";
    const std::size_t at = info.find(kName);
    if (at == std::string_view::npos) return std::nullopt;
    info.remove_prefix(at + kName.size());
    return Life{hash64(info.substr(0, info.find_first_of("\r\n"))), 0};
}

}  // namespace sessmirror::store
