// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/embedded/env.h"

struct MDB_cursor;

namespace sessmirror::store {

// Deletes those that have expired among the `count` items behind the cursor's.
void drop_expired_behind(MDB_cursor* cursor, std::uint32_t now_s, int count) noexcept;

// Looks through so many items from `key` on, wrapping once, and deletes those that have expired, in
// transactions of a few: a full file has few pages for each of them.
class LmdbSweep {
  public:
    static constexpr int kItems = 1 << 16;  // some milliseconds

    LmdbSweep(LmdbAccess& access, std::uint32_t now_s) noexcept : access_(access), now_s_(now_s) {}
    void run(std::string_view key) noexcept;

  private:
    bool batch() noexcept;

    LmdbAccess& access_;
    const std::uint32_t now_s_;
    int left_ = kItems;
    bool is_at_end_ = false;
    std::string position_;
};

}  // namespace sessmirror::store
