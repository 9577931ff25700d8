// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/sweep.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <utility>

namespace sessmirror::store {

void MysqlSweep::step() {
    if (!link_.is_idle()) return;
    const TimePoint now = link_.now();
    if (expired_.empty()) {
        if (now < next_) return;
        next_ = now + std::chrono::seconds(kEverySeconds);
    }
    link_.send(this, TimePoint::max(), kBatch);
}

void MysqlSweep::write(Sql& sql) {
    const Table& table = link_.table();
    if (expired_.empty())
        table.begin_sweep(sql, kEverySeconds);
    else
        table.delete_expired(sql, expired_);
    table.select_expired(sql, kBatch);
}

bool MysqlSweep::on_replies(std::span<SqlAnswer> replies) noexcept {
    const bool has_begun = expired_.empty();
    expired_.clear();
    if (replies.size() != 2 || replies[1].error != 0) return true;  // another time
    const bool is_our_turn = !has_begun || replies[0].insert_id != 0 || replies[0].affected == 1;
    if (is_our_turn) expired_ = std::move(replies[1].rows);
    return true;
}

void MysqlSweep::on_lost(const Error& /*why*/, bool /*may_repeat*/) noexcept {
    expired_.clear();
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL
