// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "record/envelope.h"
#include "record/version.h"
#include "store/session_key.h"

namespace sessmirror::store {

// An engine's name for the present content of one key, used in compare-and-set. Opaque; 0 = none.
using Cas = std::uint64_t;

// A lock as its owner knows it. `owner` is what is stored in the lock item (see store/lock_item.h);
// `cas` is the lock item's.
inline constexpr std::size_t kMaxOwner = 64;
struct LockOwner {
    char text[kMaxOwner] = {};  // printable, no blanks or '|', NUL terminated
    [[nodiscard]] std::string_view view() const noexcept { return text; }
    friend bool operator==(const LockOwner& a, const LockOwner& b) noexcept {
        return a.view() == b.view();
    }
};
struct HeldLock {
    LockOwner owner;
    Cas cas = 0;
};

// ---- fetch: read, and in the same packet take the lock ------------------------------------------

enum class Want : std::uint8_t { Version, Value };

struct LockClaim {
    LockOwner owner;
    std::uint32_t lease_s = 30;  // the store forgets the lock by itself after this; never 0
    // It was held a moment ago: the question who holds it goes along. Otherwise it costs an engine
    // that does not tell by itself a second packet, and a lock that is free costs nothing for it.
    bool contended = false;
};

struct FetchRequest {
    SessionKey key;
    Want want = Want::Value;
    std::optional<LockClaim> lock;
    TimePoint deadline;
    bool hint = false;  // read the hint as well
};

enum class LockState : std::uint8_t { NotAsked, Granted, Held };

struct FetchReply {
    LockState lock = LockState::NotAsked;
    HeldLock holder;  // Granted: ours. Held: who has it (owner may be empty when unknown)
    bool found = false;
    // Of the item. Not found, and yet not 0: what is there is no copy any more, and whoever puts
    // one has to expect this.
    Cas cas = 0;
    record::Fingerprint fingerprint = 0;  // meaningful when found
    std::int64_t ttl_left_s = 0;          // meaningful when found; -1 = never expires
    // Found, and Want::Value: `value` is what is stored, envelope + payload if it is a session. It
    // may be anything else, also nothing at all.
    bool has_value = false;
    Bytes value;
    // What a put or leave_hint() left beside the item, if it was asked for and is there. Under no
    // guard: it may be older or newer than the item, or come from a put that was refused.
    Bytes hint;
};

// A payload that several puts refer to. It is borrowed, so that no copy is made of it on the usual
// way, where all puts have ended when its owner lets it go; an owner who cannot wait for that calls
// keep() first.
class SharedPayload {
  public:
    explicit SharedPayload(ByteView borrowed) noexcept : view_(borrowed) {}
    // Not borrowed.
    explicit SharedPayload(Bytes&& own) noexcept : view_(own), kept_(std::move(own)) {}
    SharedPayload(const SharedPayload&) = delete;
    SharedPayload& operator=(const SharedPayload&) = delete;

    [[nodiscard]] ByteView view() const noexcept { return view_; }
    // From now on the borrowed bytes are not needed.
    void keep() {
        if (view_.data() == kept_.data()) return;
        kept_.assign(view_.begin(), view_.end());
        view_ = kept_;
    }

  private:
    ByteView view_;
    Bytes kept_;
};

// ---- put: compare-and-set, and in the same packet give up the lock ------------------------------

inline constexpr std::size_t kMaxHint = 256;  // bytes

// Of what stands where a hint should.
inline Bytes take_hint(Bytes& stored) noexcept {
    return stored.size() <= kMaxHint ? std::move(stored) : Bytes();
}

struct PutRequest {
    SessionKey key;
    // The stored value is header followed by payload; both need to live only during put(), and so
    // does the hint, of kMaxHint at most, which is left beside the item unless it is empty.
    record::EnvelopeBytes header;
    ByteView payload;
    // The same as `payload`, if its owner takes care of it; otherwise put() keeps a copy.
    std::shared_ptr<const SharedPayload> shared;
    ByteView hint;
    record::Fingerprint fingerprint = 0;
    // The version being written. Engines that let the client choose the CAS use it as such.
    record::Version version;
    std::uint32_t ttl_s = 0;  // 1 .. 30 days
    Cas expected = 0;         // 0: store only if the key is absent
    // Nobody has seen `expected` on this store in this request. Tokens start anew when a store
    // does, so such a put is not repeated on a new connection: it ends as a conflict.
    bool expected_by_hint = false;
    std::optional<HeldLock> unlock;  // released after the put, whatever its outcome
    TimePoint deadline;
};

enum class PutOutcome : std::uint8_t {
    Stored,
    Conflict,  // the key exists with another CAS (or exists at all, when absence was expected)
    Missing,   // a CAS was expected and the key is gone (evicted, expired, store restarted)
};

struct PutReply {
    PutOutcome outcome = PutOutcome::Stored;
    Cas cas = 0;             // of the new content; 0 when unknown
    bool lock_lost = false;  // `unlock` was asked and the lock was no longer ours
};

// ---- touch, release, and who is told ------------------------------------------------------------

struct TouchReply {
    bool found = false;
};

struct ReleaseReply {
    bool was_ours = false;  // false: the lock was gone or had another owner; nothing was deleted
};

// Where replies go. A state machine overrides what it asks for. `store` is the index that the store
// was made with. Called from the scheduler's loop; may make new requests, on any store.
class StoreSink {
  public:
    virtual void on_fetch(int /*store*/, Result<FetchReply> /*reply*/) noexcept {}
    virtual void on_put(int /*store*/, Result<PutReply> /*reply*/) noexcept {}
    virtual void on_touch(int /*store*/, Result<TouchReply> /*reply*/) noexcept {}
    virtual void on_release(int /*store*/, Result<ReleaseReply> /*reply*/) noexcept {}
    virtual void on_probe(int /*store*/, Status /*alive*/) noexcept {}

  protected:
    ~StoreSink() = default;
};

// One replica: a key-value store with compare-and-set, expiry and leases, reached asynchronously.
//
// Every call returns at once; its sink is called exactly once, later, from the scheduler's loop,
// never from inside the call, unless forget() came first. A null sink means "fire and forget": the
// request is made and its outcome only counted. Requests on one store take effect in the order in
// which they were made; nothing is promised between stores.
//
// Time: a request that is not answered by its deadline, or by the engine's own patience if that is
// shorter, ends with Errc::Timeout. A put or touch that timed out MAY STILL TAKE EFFECT at any
// later time: this is why puts are compare-and-set. A lock claim that timed out never does: the
// engine withdraws it on the way (a "ghost lock" would otherwise block the session for a lease).
//
// Implementations: a folder of store/ each, and the simulation's store. Not thread-safe; one per
// worker.
class Store {
  public:
    virtual ~Store() = default;

    virtual void fetch(const FetchRequest& request, StoreSink* sink) = 0;
    virtual void put(const PutRequest& request, StoreSink* sink) = 0;
    // Sets the remaining lifetime of everything that belongs to the key, without reading it.
    virtual void touch(const SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
                       StoreSink* sink) = 0;
    // Deletes the lock item if `lock.owner` still owns it. Also breaks a dead owner's lock. A `cas`
    // of 0 means unknown: the engine looks first.
    virtual void release(const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                         StoreSink* sink) = 0;
    // Leaves a hint, as put() does, without touching the item. Nobody is told, and nobody is in a
    // hurry: it goes with the next packet to this store, or with flush().
    virtual void leave_hint(const SessionKey& key, ByteView hint, std::uint32_t ttl_s) = 0;
    // Sends what was kept back. For the time when no page waits.
    virtual void flush() = 0;
    // An answer, any answer, proves life; an accepted connection does not.
    virtual void probe(TimePoint deadline, StoreSink* sink) = 0;

    // Pending requests of this sink go on, but it is never called again. Call before destroying it.
    virtual void forget(const StoreSink* sink) noexcept = 0;

    // The CAS that put() gives to a version, when the client chooses it; 0 when the engine does. A
    // known CAS allows a guarded write without having read this store.
    virtual Cas predicted_cas(record::Version version) const noexcept = 0;

    // The largest payload that put() accepts; Errc::TooLarge above, before anything is sent.
    virtual std::uint64_t max_payload() const noexcept = 0;
};

}  // namespace sessmirror::store
