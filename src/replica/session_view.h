// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "pool/lock_holds.h"
#include "pool/lock_registry.h"
#include "record/compressor.h"
#include "record/envelope.h"
#include "replica/cas_hints.h"
#include "replica/freshness_token.h"
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
    store::Cas cas = 0;  // of Present, Damaged, and what is left of an Absent one
    record::Fingerprint fingerprint = 0;
    record::Version version;
    std::int64_t ttl_left_s = 0;
    bool has_timed_out = false;  // Failed, after this call has waited for it
};

// A session lock held by this request.
struct LockHold {
    int store = -1;  // -1: none held
    store::HeldLock lock;
    int ticket = pool::LockRegistry::kNoTicket;
    TimePoint since{};  // when the page got its session; none: not yet, or noted already
    [[nodiscard]] bool held() const noexcept { return store >= 0; }
    // The page has done its work. How long stores let it wait before and after is no part of that:
    // the timeouts of one store would make everybody wait at the next home.
    void note_work(pool::LockHolds holds, TimePoint now) noexcept {
        if (since != TimePoint{}) holds.note(now - std::exchange(since, {}));
    }
};

// One session as one request sees it: the newest value found so far, each store's copy, the lock.
// Filled by the read operations, used by the write operations. Not copied: `record` points into
// `stored`. Invariant: newest() takes precedence over all decoded copies (record::Precedence).
class SessionView {
  public:
    SessionView() = default;
    SessionView(const SessionView&) = delete;
    SessionView& operator=(const SessionView&) = delete;

    // Forgets everything and starts on another session. REQUIRES: no lock held.
    void reset(const pool::Pool& pool, const store::SessionKey& key, int redundancy) noexcept;

    // With what compressed copies are read, up to which size of their content; it outlives the
    // view. Without it they are found, but not readable: enough for whoever only copies them.
    void read_with(record::Compressor& compressor, std::uint64_t max_bytes) noexcept {
        compressor_ = &compressor;
        max_bytes_ = max_bytes;
    }

    // Takes in one store's answer: remembers its copy, keeps its value if it is the newest.
    void absorb(pool::Pool& pool, int store, Result<store::FetchReply>& reply) noexcept;

    // What the client has seen last. For after reset().
    void expect(const FreshnessToken& token) noexcept { token_ = token; }

    // Takes a record that this request has stored itself for the newest; its payload as PHP's
    // serializer made it.
    void adopt(const record::Envelope& written, ByteView payload);

    // Says that no store can have this session, because its id was drawn in this request.
    void assume_absent() noexcept;

    [[nodiscard]] const store::SessionKey& key() const noexcept { return key_; }
    [[nodiscard]] const ReplicaSet& set() const noexcept { return set_; }
    [[nodiscard]] Copy& copy(int store) noexcept {
        return copies_[static_cast<std::size_t>(store)];
    }

    // The newest version found; none() when no copy was. A tombstone is found, but not alive, nor
    // is what the client has seen the end of.
    [[nodiscard]] record::Version version() const noexcept { return record_.envelope.version; }
    [[nodiscard]] bool is_found() const noexcept { return !version().is_none(); }
    [[nodiscard]] bool is_alive() const noexcept {
        return is_found() && !record_.envelope.is_tombstone() && !has_ended();
    }
    // Whether a store has the newest version and was not away since it was written (see
    // pool::Health): only then is it known to have missed nothing.
    [[nodiscard]] bool is_confirmed(pool::Pool& pool) const noexcept;
    // Whether the newest version found is as new as what the client has seen.
    [[nodiscard]] bool is_fresh() const noexcept { return is_as_new_as_seen(version()); }
    [[nodiscard]] bool is_as_new_as_seen(record::Version version) const noexcept {
        return !token_ || token_->is_met_by(version);
    }
    // Whether the client has seen the end of whatever was found: it is older, or was made from what
    // is older by a request that had not heard of the end.
    [[nodiscard]] bool has_ended() const noexcept;
    // The tombstone that a version written now descends from; none() if the session has not been
    // destroyed as far as this request and its client know.
    [[nodiscard]] record::Version incarnation(std::uint32_t unix_seconds) const noexcept;
    // Whether a request that the client has seen may have written a newer version than the newest
    // found: see FreshnessToken::Kind::Open.
    [[nodiscard]] bool has_open_token() const noexcept {
        return token_ && token_->kind == FreshnessToken::Kind::Open && version() == token_->version;
    }
    // Every member has answered: there is no such version.
    void close_token() noexcept;

    // Whether the client should be told the version that it was given, though it changed nothing:
    // it is newer than what the client knew, if it knew anything, or closes its token.
    [[nodiscard]] bool is_news() const noexcept {
        if (!is_alive() || is_stale) return false;
        return !token_ || is_token_closed_ || version().generation > token_->version.generation;
    }
    // The newest version that the client or this request has seen.
    [[nodiscard]] record::Version seen() const noexcept {
        return is_fresh() ? version() : token_->version;
    }
    [[nodiscard]] bool has_token() const noexcept { return token_.has_value(); }

    // Generations up to this one were given away, even if no store in reach knows: writes go above.
    [[nodiscard]] std::uint32_t generation_floor(std::uint32_t unix_seconds) const noexcept;

    // What was found beside the copy that was read first.
    [[nodiscard]] const CasHints& hints() const noexcept { return hints_; }

    // Whether this store's copy is the newest version found.
    [[nodiscard]] bool has_newest(int store) const noexcept;
    // Seconds that the newest version has left, the longest of its copies: a copy that is made of
    // it must not outlive those it came from.
    [[nodiscard]] std::uint32_t lifetime_left() const noexcept;
    // As it is stored.
    [[nodiscard]] const record::Record& newest() const noexcept { return record_; }
    // Other versions that were found, each once: ancestors of the newest, or written beside it.
    [[nodiscard]] std::span<const record::Envelope> others() const noexcept { return others_; }
    // What PHP's serializer made of the newest version. REQUIRES: readability() is good.
    [[nodiscard]] ByteView content() const noexcept {
        return record_.envelope.codec == record::Codec::Plain ? record_.payload
                                                              : ByteView(content_);
    }
    // That of the version that was found before the session's end was; empty when none was.
    [[nodiscard]] ByteView content_before_end() const noexcept { return content_before_end_; }
    // The newest of the older versions that were found whole, as it was stored; empty when none
    // was.
    [[nodiscard]] ByteView passed_over() const noexcept { return passed_over_; }
    // Fails if the session is alive and cannot be read here, although its newest version is intact:
    // then it must not be replaced.
    [[nodiscard]] Status readability() const noexcept { return is_alive() ? readability_ : kOk; }

    // Why stores failed, for the message if no store can be asked: "a refused...; b did not...".
    [[nodiscard]] const Error& failures() const noexcept { return failures_; }

    // That the contents occupy.
    [[nodiscard]] std::size_t memory() const noexcept {
        return stored_.capacity() + content_.capacity() + passed_over_.capacity();
    }

    LockHold lock;          // at the session's home
    LockHold guard_lock;    // at a store that others may take for the home; see handover.h
    bool is_stale = false;  // a newer version is known to exist, or to have existed

  private:
    Status expand(const record::Record& record, Bytes& content) noexcept;
    void keep(Bytes&& stored, const record::Record& record) noexcept;
    void note_other(const record::Envelope& envelope) noexcept;
    void pass_over(Bytes&& stored, const record::Envelope& envelope) noexcept;
    void note_damage(pool::Pool& pool, int store, const Error& why) noexcept;

    store::SessionKey key_;
    ReplicaSet set_;
    std::array<Copy, pool::kMaxStores> copies_;
    Bytes stored_;
    record::Record record_;
    std::vector<record::Envelope> others_;
    Bytes content_;  // of record_, if that is compressed
    Bytes content_before_end_;
    Bytes passed_over_;
    record::Version passed_over_version_;
    Status readability_ = kOk;
    record::Compressor* compressor_ = nullptr;
    std::uint64_t max_bytes_ = 0;
    CasHints hints_;
    std::optional<FreshnessToken> token_;
    bool is_token_closed_ = false;
    Error failures_{Errc::NoStore};
};

}  // namespace sessmirror::replica
