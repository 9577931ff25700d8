// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/embedded/env.h"
#include "store/embedded/item.h"
#include "store/embedded/locks.h"
#include "store/reply_queue.h"
#include "store/store.h"
#include "store/store_spec.h"

struct MDB_cursor;
struct MDB_val;

namespace sessmirror::store {

// The embedded store: sessions in a file of this host (LMDB), shared by the processes of one user.
// docs/format.md specifies its items. A request takes effect within the call, so nothing ever times
// out and deadlines mean nothing here; the sink is told from the loop all the same.
//
// * CAS: chosen by the client, generation and nonce of the version, so predicted_cas() always knows
//   it, and hints are never needed: leave_hint() does nothing. Look and write are one transaction.
// * Locks: see locks.h. A lock lasts as long as its process holds it; a lease is not
//   enforced, since no other host could outlive the holder.
// * Expiry: an expired item counts as absent. Every put deletes those among its next neighbours
//   (keys are hashes, so all items get their turn); when the file is full, a larger part is looked
//   through once, and the put tried again.
// * A fork: the child opens the file for itself at first use, and holds none of its parent's locks.
//
// The loop and the clock (of which the wall clock counts, the same for all processes) outlive it.
class LmdbStore final : public Store {
  public:
    LmdbStore(const StoreSpec& spec, int index, net::EventLoop& loop, const Clock& clock,
              std::uint64_t max_payload, Journal* journal = nullptr);

    // Opens the files. Not needed: the first request does, and fails if they cannot be opened.
    Status open() noexcept { return ready(); }

    void fetch(const FetchRequest& request, StoreSink* sink) override;
    void put(const PutRequest& request, StoreSink* sink) override;
    void touch(const SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               StoreSink* sink) override;
    void release(const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                 StoreSink* sink) override;
    void leave_hint(const SessionKey& /*key*/, ByteView /*hint*/,
                    std::uint32_t /*ttl_s*/) override {}
    // Nothing is kept back; looks after the files.
    void flush() override { access_.look_after_files(clock_); }
    void probe(TimePoint deadline, StoreSink* sink) override;
    void forget(const StoreSink* sink) noexcept override { replies_.forget(sink); }
    Cas predicted_cas(record::Version version) const noexcept override;
    std::uint64_t max_payload() const noexcept override { return max_payload_; }

  private:
    Status ready() noexcept;
    Result<FetchReply> claim_and_read(const FetchRequest& request);
    int read(const FetchRequest& request, FetchReply& reply);
    Result<PutReply> store(const PutRequest& request) noexcept;
    int try_put(const PutRequest& request, PutReply& reply) noexcept;
    int put_at(MDB_cursor* cursor, const PutRequest& request, PutReply& reply) noexcept;
    int touch_at(MDB_cursor* cursor, const SessionKey& key, std::uint64_t expires,
                 TouchReply& reply) noexcept;
    int try_touch(const SessionKey& key, std::uint64_t expires, TouchReply& reply) noexcept;
    void make_room(const SessionKey& from) noexcept;

    const Clock& clock_;
    LmdbAccess access_;
    std::uint64_t max_payload_;
    EmbeddedLocks locks_;
    ReplyQueue replies_;
};

}  // namespace sessmirror::store
