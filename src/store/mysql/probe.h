// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/mysql/operation.h"

namespace sessmirror::store {

// Asks for any answer at all; a new connection has looked at the table before. Safe to repeat.
class MysqlProbe final : public MysqlOperation {
  public:
    using MysqlOperation::MysqlOperation;

    void write(Sql& sql) override { Table::limits(sql); }

  private:
    bool take(std::span<SqlAnswer> replies) override {
        if (replies.size() != 1 || !replies.front().has_rows) return false;
        if (const SqlField* const time = replies.front().field(1); time != nullptr && *time)
            host_.link().note_time(as_text(**time));
        answer(&StoreSink::on_probe, Status(kOk));
        return true;
    }
    void fail(const Error& why) override { answer(&StoreSink::on_probe, Status(why)); }
};

}  // namespace sessmirror::store
