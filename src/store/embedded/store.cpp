// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/store.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <lmdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/allocation.h"
#include "store/embedded/engine.h"
#include "store/embedded/sweep.h"
#include "store/explicit_cas.h"

namespace sessmirror::store {
namespace {

constexpr int kNeighbours = 2;  // more than one: a put adds one item at most, so space is bounded

MDB_val val_of(std::string_view text) noexcept {
    return {text.size(), const_cast<char*>(text.data())};
}

// A cursor of a write transaction, and the transaction's end.
class Writing {
  public:
    Writing(MDB_txn* txn, unsigned database) noexcept : txn_(txn) {
        failed_ = mdb_cursor_open(txn_, database, &cursor_);
    }
    ~Writing() {
        if (cursor_ != nullptr) mdb_cursor_close(cursor_);
        if (txn_ != nullptr) mdb_txn_abort(txn_);
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

    [[nodiscard]] int failed() const noexcept { return failed_; }
    [[nodiscard]] MDB_cursor* cursor() const noexcept { return cursor_; }
    int commit() noexcept {
        mdb_cursor_close(std::exchange(cursor_, nullptr));
        return mdb_txn_commit(std::exchange(txn_, nullptr));
    }

  private:
    MDB_txn* txn_;
    MDB_cursor* cursor_ = nullptr;
    int failed_;
};

std::optional<LmdbItem> item_of(const MDB_val& value) noexcept {
    return LmdbItem::read(value.mv_data, value.mv_size);
}

}  // namespace

LmdbStore::LmdbStore(const StoreSpec& spec, int index, net::EventLoop& loop, const Clock& clock,
                     std::uint64_t max_payload, Journal* journal)
    : clock_(clock),
      access_(spec.host, spec.own.number(kEmbeddedSize), clock, journal),
      max_payload_(std::min(max_payload, std::uint64_t{spec.own.number(kEmbeddedSize)} << 20 >> 3)),
      replies_(loop, index) {}

Status LmdbStore::ready() noexcept {
    const auto opened = access_.ready();
    if (!opened || *opened == LmdbAccess::Opened::Now) locks_.use(access_.locks_file());
    if (!opened) return opened.error();
    return kOk;
}

// ---- reading ------------------------------------------------------------------------------------

void LmdbStore::fetch(const FetchRequest& request, StoreSink* sink) {
    replies_.add(sink, claim_and_read(request));
}

Result<FetchReply> LmdbStore::claim_and_read(const FetchRequest& request) {
    if (const auto ok = ready(); !ok) return ok.error();
    FetchReply reply;
    if (request.lock) {
        const auto claimed = locks_.claim(request.key, request.lock->owner);
        if (!claimed) return claimed.error();
        reply.lock = claimed->state;
        reply.holder = claimed->holder;
        if (reply.lock == LockState::Held) return reply;
    }
    const int failed = read(request, reply);
    if (failed == 0) return reply;
    if (request.lock) locks_.release(request.key, request.lock->owner);
    return access_.error(failed);
}

int LmdbStore::read(const FetchRequest& request, FetchReply& reply) {
    MDB_txn* txn = nullptr;
    if (const int failed = access_.begin_read(txn); failed != 0) return failed;
    MDB_val key = val_of(request.key.text());
    MDB_val value{};
    int failed = mdb_get(txn, access_.env().database(), &key, &value);
    const auto item = failed == 0 ? item_of(value) : std::nullopt;
    const std::uint32_t now = LmdbItem::seconds_of(clock_);
    if (item && item->is_alive(now)) {
        reply.found = true;
        reply.cas = item->cas;
        reply.fingerprint = item->fingerprint();
        reply.ttl_left_s = static_cast<std::int64_t>(item->expires_s - now);
        reply.has_value = request.want == Want::Value;
        const auto copy = [&] { reply.value.assign(item->content.begin(), item->content.end()); };
        if (reply.has_value && !try_to_allocate(copy)) failed = ENOMEM;
    }
    access_.end_read();
    return failed == MDB_NOTFOUND ? 0 : failed;
}

// ---- writing ------------------------------------------------------------------------------------

void LmdbStore::put(const PutRequest& request, StoreSink* sink) {
    auto reply = store(request);
    const bool was_ours = !request.unlock || locks_.release(request.key, request.unlock->owner);
    if (reply) reply->lock_lost = !was_ours;
    replies_.add(sink, std::move(reply));
}

Result<PutReply> LmdbStore::store(const PutRequest& request) noexcept {
    if (request.payload.size() > max_payload_)
        return Error(Errc::TooLarge, "the session has %llu bytes, at most %llu can be stored",
                     static_cast<unsigned long long>(request.payload.size()),
                     static_cast<unsigned long long>(max_payload_));
    if (const auto ok = ready(); !ok) return ok.error();
    PutReply reply;
    int failed = try_put(request, reply);
    if (failed == MDB_MAP_FULL) {
        make_room(request.key);
        failed = try_put(request, reply);
    }
    if (failed != 0) return access_.error(failed);
    return reply;
}

int LmdbStore::try_put(const PutRequest& request, PutReply& reply) noexcept {
    MDB_txn* txn = nullptr;
    const std::uint64_t bytes = LmdbItem::kHead + request.header.size() + request.payload.size();
    const int refused = access_.begin_write(LmdbAccess::Purpose::Store, bytes, txn);
    if (refused != 0) return refused;
    Writing writing(txn, access_.env().database());
    if (writing.failed() != 0) return writing.failed();
    reply = {};
    const int failed = put_at(writing.cursor(), request, reply);
    if (failed != 0 || reply.outcome != PutOutcome::Stored) return failed;
    drop_expired_behind(writing.cursor(), LmdbItem::seconds_of(clock_), kNeighbours);
    return writing.commit();
}

// Compares, and sets if that is what was expected.
int LmdbStore::put_at(MDB_cursor* cursor, const PutRequest& request, PutReply& reply) noexcept {
    const std::uint32_t now = LmdbItem::seconds_of(clock_);
    MDB_val key = val_of(request.key.text());
    MDB_val value{};
    const int found = mdb_cursor_get(cursor, &key, &value, MDB_SET_KEY);
    if (found != 0 && found != MDB_NOTFOUND) return found;
    const auto item = found == 0 ? item_of(value) : std::nullopt;
    const Cas present = item && item->is_alive(now) ? item->cas : 0;
    if (present != request.expected) {
        reply.outcome = present == 0 ? PutOutcome::Missing : PutOutcome::Conflict;
        return 0;
    }
    key = val_of(request.key.text());
    value.mv_size = LmdbItem::kHead + request.header.size() + request.payload.size();
    const unsigned flags = MDB_RESERVE | (found == 0 ? MDB_CURRENT : 0u);
    if (const int failed = mdb_cursor_put(cursor, &key, &value, flags); failed != 0) return failed;
    reply.cas = cas_of(request.version);
    std::byte* out =
        LmdbItem::write_head(value.mv_data, std::uint64_t{now} + request.ttl_s, reply.cas);
    const ByteView header = request.header.view();
    out = std::copy(header.begin(), header.end(), out);
    std::copy(request.payload.begin(), request.payload.end(), out);
    return 0;
}

void LmdbStore::make_room(const SessionKey& from) noexcept {
    int dead = 0;
    mdb_reader_check(access_.env().get(), &dead);  // who died while reading keeps old pages
    LmdbSweep(access_, LmdbItem::seconds_of(clock_)).run(from.text());
}

void LmdbStore::touch(const SessionKey& key, std::uint32_t ttl_s, TimePoint /*deadline*/,
                      StoreSink* sink) {
    if (const auto ok = ready(); !ok) return replies_.add(sink, Result<TouchReply>(ok.error()));
    TouchReply reply;
    const int failed = try_touch(key, std::uint64_t{LmdbItem::seconds_of(clock_)} + ttl_s, reply);
    replies_.add(sink, failed == 0 ? Result<TouchReply>(reply) : access_.error(failed));
}

int LmdbStore::try_touch(const SessionKey& key, std::uint64_t expires, TouchReply& reply) noexcept {
    MDB_txn* txn = nullptr;
    const int refused = access_.begin_write(LmdbAccess::Purpose::Delete, 0, txn);
    if (refused != 0) return refused;
    Writing writing(txn, access_.env().database());
    if (writing.failed() != 0) return writing.failed();
    const int failed = touch_at(writing.cursor(), key, expires, reply);
    return failed != 0 || !reply.found ? failed : writing.commit();
}

int LmdbStore::touch_at(MDB_cursor* cursor, const SessionKey& key, std::uint64_t expires,
                        TouchReply& reply) noexcept {
    MDB_val name = val_of(key.text());
    MDB_val value{};
    const int found = mdb_cursor_get(cursor, &name, &value, MDB_SET_KEY);
    const auto item = found == 0 ? item_of(value) : std::nullopt;
    if (!item || !item->is_alive(LmdbItem::seconds_of(clock_)))
        return found == MDB_NOTFOUND ? 0 : found;
    if (const int failed = access_.env().reserve(value.mv_size); failed != 0) return failed;
    // LMDB gives the old bytes again, in a page that may be changed, or other ones.
    const void* const old = value.mv_data;
    name = val_of(key.text());
    if (const int failed = mdb_cursor_put(cursor, &name, &value, MDB_CURRENT | MDB_RESERVE);
        failed != 0)
        return failed;
    std::memmove(value.mv_data, old, value.mv_size);
    LmdbItem::write_head(value.mv_data, expires, item->cas);
    reply.found = true;
    return 0;
}

// ---- the rest -----------------------------------------------------------------------------------

void LmdbStore::release(const SessionKey& key, const HeldLock& lock, TimePoint /*deadline*/,
                        StoreSink* sink) {
    if (const auto ok = ready(); !ok) return replies_.add(sink, Result<ReleaseReply>(ok.error()));
    replies_.add(sink, Result<ReleaseReply>(ReleaseReply{locks_.release(key, lock.owner)}));
}

void LmdbStore::probe(TimePoint /*deadline*/, StoreSink* sink) {
    replies_.add(sink, ready());
}

Cas LmdbStore::predicted_cas(record::Version version) const noexcept {
    return cas_of(version);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
