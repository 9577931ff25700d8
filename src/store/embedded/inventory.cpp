// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/inventory.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <lmdb.h>

#include <utility>

#include "store/embedded/engine.h"
#include "store/embedded/item.h"

namespace sessmirror::store {

LmdbInventory::LmdbInventory(const StoreSpec& spec, net::EventLoop& loop,
                             const Clock& clock) noexcept
    : loop_(loop),
      clock_(clock),
      access_(spec.host, spec.own.number(kEmbeddedSize), clock, nullptr) {}

LmdbInventory::~LmdbInventory() {
    loop_.unpost(*this);
}

void LmdbInventory::ask(Question question, InventorySink& sink) {
    question_ = question;
    sink_ = &sink;
    position_.clear();
    loop_.post(*this);
}

void LmdbInventory::cancel() noexcept {
    question_ = Question::None;
    loop_.unpost(*this);
}

void LmdbInventory::on_ready() noexcept {
    if (question_ == Question::Life)
        tell_life();
    else
        list_step();
}

void LmdbInventory::tell_life() noexcept {
    question_ = Question::None;
    const auto opened = access_.ready();
    sink_->on_life(opened ? Result<Life>(access_.env().life()) : Result<Life>(opened.error()));
}

void LmdbInventory::list_step() noexcept {
    const auto opened = access_.ready();
    bool is_over = !opened.has_value();
    const int failed = is_over ? 0 : list_some(is_over);
    if (question_ == Question::None) return;  // a sink has cancelled it
    if (failed == 0 && !is_over) return loop_.post(*this);
    question_ = Question::None;
    if (!opened) return sink_->on_listed(opened.error());
    sink_->on_listed(failed == 0 ? Status(kOk) : Status(access_.error(failed)));
}

int LmdbInventory::list_some(bool& is_over) noexcept {
    MDB_txn* txn = nullptr;
    MDB_cursor* cursor = nullptr;
    int failed = access_.begin_read(txn);
    if (failed == 0) failed = mdb_cursor_open(txn, access_.env().database(), &cursor);
    if (failed != 0) return failed;
    MDB_val key{position_.size(), position_.data()};
    MDB_val value{};
    const std::string_view after = position_;
    int found = mdb_cursor_get(cursor, &key, &value, after.empty() ? MDB_FIRST : MDB_SET_RANGE);
    std::string_view name;
    for (int i = 0; found == 0 && i < kStep && question_ != Question::None; ++i) {
        name = {static_cast<const char*>(key.mv_data), key.mv_size};
        const auto item = LmdbItem::read(value.mv_data, value.mv_size);
        const bool is_told = name.front() != LmdbEnv::kOwnKeys && name != after && item &&
                             item->is_alive(LmdbItem::seconds_of(clock_));
        if (is_told) sink_->on_key(name);
        found = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    is_over = found != 0;
    std::string last(name);
    mdb_cursor_close(cursor);
    access_.end_read();
    position_ = std::move(last);
    return found == MDB_NOTFOUND ? 0 : found;
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
