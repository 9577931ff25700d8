// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "store/life.h"

namespace sessmirror::store {

// What memcached's `stats` says of it, line by line, without "STAT ".
class MemcachedLife {
  public:
    void take(std::string_view line) noexcept {
        read(line, "pid ", process_);
        read(line, "time ", now_);
        read(line, "uptime ", uptime_);
        add_ms(line, "rusage_user ", used_ms_);
        add_ms(line, "rusage_system ", used_ms_);
    }
    // None when a line is missing. The two times are those of one clock that moves once a second.
    [[nodiscard]] std::optional<Life> life() const noexcept {
        if (process_ == 0 || now_ == 0) return std::nullopt;
        return Life{process_, now_ - uptime_, used_ms_};
    }

  private:
    static void read(std::string_view line, std::string_view name, std::uint64_t& out) noexcept {
        if (!line.starts_with(name)) return;
        line.remove_prefix(name.size());
        std::from_chars(line.data(), line.data() + line.size(), out);
    }
    // "12.345678": seconds, with all six digits.
    static void add_ms(std::string_view line, std::string_view name, std::uint64_t& sum) noexcept {
        if (!line.starts_with(name)) return;
        const char* const end = line.data() + line.size();
        std::uint64_t seconds = 0;
        std::uint64_t millionths = 0;
        const char* const point = std::from_chars(line.data() + name.size(), end, seconds).ptr;
        if (point != end) std::from_chars(point + 1, end, millionths);
        sum += seconds * 1000 + millionths / 1000;
    }
    std::uint64_t process_ = 0;
    std::uint64_t now_ = 0;
    std::uint64_t uptime_ = 0;
    std::uint64_t used_ms_ = 0;
};

}  // namespace sessmirror::store
