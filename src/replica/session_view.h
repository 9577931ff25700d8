// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>

#include "pool/lock_registry.h"
#include "record/envelope.h"
#include "replica/replica_set.h"
#include "store/store.h"

namespace sessmirror::replica {

// What this request knows of one store's copy.
struct Copy {
    enum class State : std::uint8_t {
        Unknown,  // not asked yet, or what was known may have changed
        Absent,   // the store answered that it has none
        Present,  // has a copy; `cas` and `fingerprint` are its, `version` too if it was read whole
        Damaged,  // has something under `cas` that fails its checks
        Failed,   // was asked and did not answer
    };
    State state = State::Unknown;
    store::Cas cas = 0;
    record::Fingerprint fingerprint = 0;
    record::Version version;
    std::int64_t ttl_left_s = 0;
};

// A session lock held by this request.
struct LockHold {
    int store = -1;  // -1: none held
    store::HeldLock lock;
    int ticket = pool::LockRegistry::kNoTicket;
    [[nodiscard]] bool held() const noexcept { return store >= 0; }
};

// One session as one request sees it: the newest value found so far, each store's copy, the lock.
// Filled by the read operations, used by the write operations. Not copied: `record` points into
// `stored`. Invariant: newest().envelope.version is the highest version of all decoded copies.
class SessionView {
  public:
    SessionView() = default;
    SessionView(const SessionView&) = delete;
    SessionView& operator=(const SessionView&) = delete;

    // Forgets everything and starts on another session. REQUIRES: no lock held.
    void reset(const pool::Pool& pool, const store::SessionKey& key, int redundancy) noexcept;

    // Takes in one store's answer: remembers its copy, keeps its value if it is the newest.
    void absorb(pool::Pool& pool, int store, Result<store::FetchReply>& reply) noexcept;

    // Says that no store can have this session, because its id was drawn in this request.
    void assume_absent() noexcept;

    [[nodiscard]] const store::SessionKey& key() const noexcept { return key_; }
    [[nodiscard]] const ReplicaSet& set() const noexcept { return set_; }
    [[nodiscard]] Copy& copy(int store) noexcept {
        return copies_[static_cast<std::size_t>(store)];
    }

    // The newest version found; none() when no copy was. A tombstone is found, but not alive.
    [[nodiscard]] record::Version version() const noexcept { return record_.envelope.version; }
    [[nodiscard]] bool is_found() const noexcept { return !version().is_none(); }
    [[nodiscard]] bool is_alive() const noexcept {
        return is_found() && !record_.envelope.is_tombstone();
    }
    // Whether a store has the newest version and was not away since it was written (see
    // pool::Health): only then is it known to have missed nothing.
    [[nodiscard]] bool is_confirmed(pool::Pool& pool) const noexcept;
    // Whether this store's copy is the newest version found.
    [[nodiscard]] bool has_newest(int store) const noexcept;
    [[nodiscard]] const record::Record& newest() const noexcept { return record_; }

    // Why stores failed, for the message if no store can be asked: "a refused...; b did not...".
    [[nodiscard]] const Error& failures() const noexcept { return failures_; }

    LockHold lock;

  private:
    store::SessionKey key_;
    ReplicaSet set_;
    std::array<Copy, pool::kMaxStores> copies_;
    Bytes stored_;
    record::Record record_;
    Error failures_{Errc::NoStore, "%s", ""};
};

}  // namespace sessmirror::replica
