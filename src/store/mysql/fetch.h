// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "store/mysql/operation.h"

namespace sessmirror::store {

// Reads a session, and claims its lock, in one packet. Safe to repeat: a claim that took effect
// before is known by its owner.
class MysqlFetch final : public MysqlOperation {
  public:
    MysqlFetch(MysqlHost& host, const FetchRequest& request, StoreSink* sink)
        : MysqlOperation(host, request.key, request.deadline, sink),
          want_(request.want),
          wants_hint_(request.hint),
          claim_(request.lock) {}

    void write(Sql& sql) override;

  private:
    bool take(std::span<SqlAnswer> replies) override;
    void refused(const Error& why) override;
    void beaten(const Error& why) override;
    void fail(const Error& why) override;

    [[nodiscard]] bool claims() const noexcept { return claim_ && !is_beaten_; }
    void take_lock(const TableRow& row);
    void take_session(TableRow& row);

    const Want want_;
    const bool wants_hint_;
    const std::optional<LockClaim> claim_;
    bool was_written_ = false;
    bool is_beaten_ = false;  // others are at the row: the lock counts as held
    FetchReply reply_;
};

}  // namespace sessmirror::store
