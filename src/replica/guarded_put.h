// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <utility>

#include "replica/operation.h"
#include "replica/outgoing.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

class GuardedPut;

class GuardedPutListener {
  public:
    virtual void on_put_done(GuardedPut& put) noexcept = 0;

  protected:
    ~GuardedPutListener() = default;
};

// Brings one store to the version being written, by compare-and-set only, so that a put which was
// given up and arrives late can never bury a newer one. Starts from what the request knows of the
// store's copy, or what another store remembers of it (CasHints); where that is nothing, or proves
// wrong, it looks (version first, the value if that does not tell) and tries again, a bounded
// number of times.
//
// What it may replace: an absent or damaged copy (but not one that is intact and cannot be read
// here, where it would have to be merged: the put fails), the versions that the write contains (see
// Lineage), and what a tombstone ended that the write descends from. Any other copy is somebody
// else's write: the put ends as Superseded and tells by what.
// Finding the outgoing version itself is success: an earlier attempt did arrive.
// An answer that is read after the deadline, since its worker had nothing to do meanwhile, says
// nothing against the store: the put then fails without a further step.
class GuardedPut final : public store::StoreSink {
  public:
    enum class Outcome : std::uint8_t { Pending, Stored, Superseded, Failed };

    GuardedPut(const Environment& env, SessionView& view, const Outgoing& outgoing, int store,
               GuardedPutListener& listener) noexcept;
    ~GuardedPut() { env_.pool.forget(this); }
    GuardedPut(const GuardedPut&) = delete;
    GuardedPut& operator=(const GuardedPut&) = delete;

    // `base` is the version that this write follows on this store. `unlock` goes in the packet of
    // the first put, or in one of its own when no put is made: whatever the outcome, the lock is
    // given back.
    void start(record::Version base, std::optional<store::HeldLock> unlock,
               TimePoint deadline) noexcept;

    [[nodiscard]] int store() const noexcept { return store_; }
    [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }
    [[nodiscard]] bool lock_lost() const noexcept { return lock_lost_; }
    // How many of the outgoing hints went with the copy.
    [[nodiscard]] std::size_t hints_told() const noexcept { return hints_told_; }
    // Superseded: the envelope found, and its payload, uncompressed if the policy merges.
    // Failed: why.
    [[nodiscard]] const record::Envelope& found() const noexcept { return found_; }
    [[nodiscard]] Bytes take_found_payload() noexcept { return std::move(found_payload_); }
    [[nodiscard]] const Error& error() const noexcept { return error_; }

  private:
    static constexpr int kMaxTries = 4;

    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void on_put(int store, Result<store::PutReply> reply) noexcept override;
    void step() noexcept;
    void put(store::Cas expected, bool by_hint = false) noexcept;
    [[nodiscard]] store::Cas hinted_cas() const noexcept;
    void look(store::Want want) noexcept;
    void judge(store::FetchReply& reply) noexcept;
    void give_way(const record::Record& theirs, store::Cas cas) noexcept;
    [[nodiscard]] bool may_replace(const record::Envelope& envelope) const noexcept;
    void end(Outcome outcome) noexcept;
    void fail(const Error& error) noexcept;
    void fail_for_lack_of_time() noexcept;
    [[nodiscard]] bool has_time() const noexcept { return env_.scheduler.now() < deadline_; }

    Environment env_;
    SessionView& view_;
    const Outgoing& outgoing_;
    int store_;
    GuardedPutListener& listener_;
    record::Version base_;
    std::optional<store::HeldLock> unlock_;
    TimePoint deadline_{};
    Outcome outcome_ = Outcome::Pending;
    bool lock_lost_ = false;
    bool by_hint_ = false;  // the last try's token was a hint
    int tries_ = 0;
    std::size_t hints_told_ = 0;
    record::Envelope found_;
    Bytes found_payload_;
    Error error_;
};

}  // namespace sessmirror::replica
