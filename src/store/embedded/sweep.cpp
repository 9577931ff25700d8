// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/sweep.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <lmdb.h>

#include "store/embedded/item.h"

namespace sessmirror::store {
namespace {

constexpr int kDeletionsPerBatch = 8;

bool has_expired(const MDB_val& value, std::uint32_t now_s) noexcept {
    const auto item = LmdbItem::read(value.mv_data, value.mv_size);
    return item && !item->is_alive(now_s);
}

}  // namespace

void drop_expired_behind(MDB_cursor* cursor, std::uint32_t now_s, int count) noexcept {
    MDB_val key{};
    MDB_val value{};
    for (; count > 0 && mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0; --count)
        if (has_expired(value, now_s) && mdb_cursor_del(cursor, 0) != 0) return;
}

void LmdbSweep::run(std::string_view key) noexcept {
    position_ = key;
    while (batch())
        if (left_ <= 0) return;
    if (left_ <= 0 || !is_at_end_) return;
    position_.clear();
    is_at_end_ = false;
    while (left_ > 0 && position_ < key && batch()) continue;
}

// False when it could not delete, or has come to the end of the file.
bool LmdbSweep::batch() noexcept {
    MDB_txn* txn = nullptr;
    MDB_cursor* cursor = nullptr;
    if (access_.begin_write(LmdbAccess::Purpose::Delete, 0, txn) != 0) return false;
    if (mdb_cursor_open(txn, access_.env().database(), &cursor) != 0) {
        mdb_txn_abort(txn);
        return false;
    }
    MDB_val key{position_.size(), position_.data()};
    MDB_val value{};
    int found = position_.empty() ? mdb_cursor_get(cursor, &key, &value, MDB_FIRST)
                                  : mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    int failed = 0;
    int deletions = 0;
    while (found == 0 && failed == 0 && deletions < kDeletionsPerBatch && left_ > 0) {
        --left_;
        if (has_expired(value, now_s_)) {
            failed = mdb_cursor_del(cursor, 0);
            ++deletions;
        }
        found = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    is_at_end_ = found == MDB_NOTFOUND;
    if (found == 0) position_.assign(static_cast<const char*>(key.mv_data), key.mv_size);
    mdb_cursor_close(cursor);
    if (failed != 0 || deletions == 0) {
        mdb_txn_abort(txn);
        return false;
    }
    return mdb_txn_commit(txn) == 0 && !is_at_end_;
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
