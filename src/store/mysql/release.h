// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/mysql/operation.h"

namespace sessmirror::store {

// Gives up a lock if its owner is the expected one. Safe to repeat: a lock that is no longer there
// is not given up twice.
class MysqlRelease final : public MysqlOperation {
  public:
    MysqlRelease(MysqlHost& host, const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                 StoreSink* sink) noexcept
        : MysqlOperation(host, key, deadline, sink), owner_(lock.owner) {}

    void write(Sql& sql) override { table().release(sql, key_, owner_.view()); }

  private:
    bool take(std::span<SqlAnswer> replies) override {
        if (replies.size() != 1 || replies.front().has_rows) return false;
        answer(&StoreSink::on_release, Result<ReleaseReply>({replies.front().affected == 1}));
        return true;
    }
    void fail(const Error& why) override {
        answer(&StoreSink::on_release, Result<ReleaseReply>(why));
    }

    const LockOwner owner_;
};

}  // namespace sessmirror::store
