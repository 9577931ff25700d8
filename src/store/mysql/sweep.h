// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "store/mysql/link.h"

namespace sessmirror::store {

// Deletes what has expired, in small batches, when no page waits. A row of the table says when
// somebody has begun, so that one worker of all hosts does it, once a minute; it goes on with a
// batch at each step() for as long as it finds full ones.
class MysqlSweep final : private MysqlAsker {
  public:
    static constexpr std::uint32_t kBatch = 100;  // rows
    static constexpr std::uint32_t kEverySeconds = 60;

    // The link outlives this, or is forgotten with it.
    explicit MysqlSweep(MysqlLink& link) noexcept : link_(link) {}

    // Between pages. Does nothing where there is no connection, or it has something to do.
    void step();

  private:
    void write(Sql& sql) override;
    bool on_replies(std::span<SqlAnswer> replies) noexcept override;
    void on_lost(const Error& why, bool may_repeat) noexcept override;

    MysqlLink& link_;
    std::vector<SqlRow> expired_;
    TimePoint next_{};
};

}  // namespace sessmirror::store
