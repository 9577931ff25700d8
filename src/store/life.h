// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/hash.h"

namespace sessmirror::store {

// Names one run of a store's server, from its start to its end: what it remembers belongs to that
// run, or was reloaded from an older one and may be outdated. Compared for equality only.
struct Life {
    std::uint64_t process = 0;
    std::uint64_t started = 0;
    friend bool operator==(const Life&, const Life&) = default;
};

// What memcached's `stats` says of it, line by line, without "STAT ".
class MemcachedLife {
  public:
    void take(std::string_view line) noexcept {
        read(line, "pid ", process_);
        read(line, "time ", now_);
        read(line, "uptime ", uptime_);
    }
    // None when a line is missing. The two times are those of one clock that moves once a second.
    [[nodiscard]] std::optional<Life> life() const noexcept {
        if (process_ == 0 || now_ == 0) return std::nullopt;
        return Life{process_, now_ - uptime_};
    }

  private:
    static void read(std::string_view line, std::string_view name, std::uint64_t& out) noexcept {
        if (!line.starts_with(name)) return;
        line.remove_prefix(name.size());
        std::from_chars(line.data(), line.data() + line.size(), out);
    }
    std::uint64_t process_ = 0;
    std::uint64_t now_ = 0;
    std::uint64_t uptime_ = 0;
};

// What Redis' `INFO server` says of it: every run of a server has an id of its own.
inline std::optional<Life> redis_life(std::string_view info) noexcept {
    constexpr std::string_view kName = "run_id:";
    const std::size_t at = info.find(kName);
    if (at == std::string_view::npos) return std::nullopt;
    info.remove_prefix(at + kName.size());
    return Life{hash64(info.substr(0, info.find_first_of("\r\n"))), 0};
}

}  // namespace sessmirror::store
