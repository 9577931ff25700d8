// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/mysql/operation.h"

namespace sessmirror::store {

// Sets the lifetime of a session and of its hint. Safe to repeat.
class MysqlTouch final : public MysqlOperation {
  public:
    MysqlTouch(MysqlHost& host, const SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               StoreSink* sink) noexcept
        : MysqlOperation(host, key, deadline, sink), ttl_s_(ttl_s) {}

    void write(Sql& sql) override { table().touch(sql, key_, ttl_s_); }

  private:
    bool take(std::span<SqlAnswer> replies) override {
        if (replies.size() != 1 || replies.front().has_rows) return false;
        answer(&StoreSink::on_touch, Result<TouchReply>({replies.front().insert_id != 0}));
        return true;
    }
    void fail(const Error& why) override { answer(&StoreSink::on_touch, Result<TouchReply>(why)); }

    const std::uint32_t ttl_s_;
};

}  // namespace sessmirror::store
