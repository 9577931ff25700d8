// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/fetch.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <utility>

namespace sessmirror::store {

void MysqlFetch::write(Sql& sql) {
    if (claims()) table().claim(sql, key_, *claim_, host_.link().latest(deadline_));
    table().select(sql, key_, want_, wants_hint_, host_.link().largest_value());
    was_written_ = true;
}

bool MysqlFetch::take(std::span<SqlAnswer> replies) {
    if (replies.size() != (claims() ? 2u : 1u) || replies.front().has_rows == claims() ||
        !replies.back().has_rows)
        return false;
    std::vector<SqlRow>& rows = replies.back().rows;
    std::optional<TableRow> row;
    if (!rows.empty()) {
        row = read_row(rows.front());
        if (!row) return false;
        host_.link().note_time(row->server_time);
    }
    reply_ = {};
    if (claim_) reply_.lock = LockState::Held;
    if (row && claim_) take_lock(*row);
    if (row && row->is_alive && want_ == Want::Value && row->size > host_.link().largest_value()) {
        refused(Error(Errc::StoreError,
                      "%.100s: its row of a session has %llu bytes, which no "
                      "session may have",
                      host_.link().name().c_str(), static_cast<unsigned long long>(row->size)));
        return true;
    }
    if (row) take_session(*row);
    if (sink_ == nullptr && reply_.lock == LockState::Granted)  // nobody is left who gives it up
        host_.release(key_, reply_.holder, deadline_, nullptr);
    answer(&StoreSink::on_fetch, Result<FetchReply>(std::move(reply_)));
    return true;
}

void MysqlFetch::take_lock(const TableRow& row) {
    if (!row.is_locked) return;  // the claim came too late; whoever asks again may have it
    reply_.holder.owner = row.holder;
    if (row.holder == claim_->owner) reply_.lock = LockState::Granted;
}

void MysqlFetch::take_session(TableRow& row) {
    if (wants_hint_ && row.hint) reply_.hint = take_hint(*row.hint);
    reply_.found = row.is_alive;
    if (!row.is_alive) return;
    reply_.cas = row.cas;
    reply_.fingerprint = record::fingerprint(
        {static_cast<std::uint32_t>(row.cas >> 32), static_cast<std::uint32_t>(row.cas)});
    reply_.ttl_left_s = row.ttl_left_s;
    reply_.has_value = want_ == Want::Value;
    if (reply_.has_value && row.value) reply_.value = std::move(*row.value);
}

void MysqlFetch::refused(const Error& why) {
    if (claim_) host_.release(key_, {claim_->owner, 0}, deadline_, nullptr);
    answer(&StoreSink::on_fetch, Result<FetchReply>(why));
}

void MysqlFetch::beaten(const Error& why) {
    if (!claims()) return refused(why);
    is_beaten_ = true;
    start();
}

void MysqlFetch::fail(const Error& why) {
    if (claim_ && was_written_) host_.link().withdraw(key_, *claim_);
    answer(&StoreSink::on_fetch, Result<FetchReply>(why));
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL
