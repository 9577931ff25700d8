// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "replica/ack_rule.h"
#include "replica/carried_unlock.h"
#include "replica/guarded_put.h"
#include "replica/hint_trail.h"
#include "replica/operation.h"
#include "replica/outgoing.h"
#include "replica/reconciliation.h"
#include "replica/rivals.h"
#include "replica/session_view.h"
#include "replica/write_round.h"

namespace sessmirror::replica {

// Stores one new version of a session, or its tombstone, on every replica that is up.
//
// Order. With the lock held (or for an id that was drawn in this request, which nobody else can
// know) the home and the mirrors are written in one parallel round, and the lock is given back in
// the home's packet. Without a lock the home decides first and the mirrors follow: parallel
// compare-and-set without an order loses updates as soon as writers race.
//
// Tokens. Where the stores choose the compare-and-set tokens themselves, each copy is stored
// together with the tokens that are known by then of the others (CasHints), so that the next writer
// finds what it needs beside the copy that it reads. For that the round under the lock writes a
// mirror on this host first, which costs no round trip. Tokens that come later follow with whatever
// is sent to the store next (store::Store::leave_hint).
//
// Conflicts. When the home holds a version that this request has not read, another request wrote in
// between (no lock, or the lease ran out, or two hosts saw different homes). A tombstone wins over
// any write: the session stays destroyed and the write is dropped. Otherwise the policy decides:
// merge theirs and ours and write that on top (see Reconciliation), write ours on top, or fail and
// keep theirs. A mirror can hold such a version too, after two homes have decided: then it is
// merged or replaced as well. Every such event is counted. Rounds end with the deadline at the
// latest.
//
// Outcome: success when the ack rule is satisfied; with fewer acknowledgements than copies, once
// all puts have ended, the write is counted as degraded. Failure leaves what was stored before in
// place wherever the stores were not reached; a store that timed out may still apply the write
// later.
//
// With `ack` majority or one the operation is done before the slowest store has answered and goes
// on working: keep it, the view and the payload alive while !is_idle().
class MirroredWrite final : public Operation, private GuardedPutListener {
  public:
    enum class Kind : std::uint8_t { Payload, Tombstone };

    // `lifetime_s`: what the page gives the session; a tombstone gets one of its own (tombstone.h).
    // `alone`: nobody else can know this id. `form`: how the payload can be taken apart for a
    // merge.
    MirroredWrite(const Environment& env, SessionView& view, Kind kind, ByteView payload,
                  std::uint32_t lifetime_s, bool alone,
                  record::Serialization form = record::Serialization::Opaque);

    [[nodiscard]] bool needs_every_answer() const noexcept override {
        return env_.policy.ack == Ack::All;
    }

    // For before start(). The lock stays held: the session is not closed yet.
    void keep_lock() noexcept {
        unlock_.withhold();
        guard_unlock_.withhold();
    }

    // The record that was, or may have been, stored last; valid from start() on.
    [[nodiscard]] const record::Envelope& written() const noexcept { return outgoing_.envelope; }
    // The version that the client should know, also if the write failed but may have been stored;
    // none() if it was not, or if others are ahead: then the client may know a newer one already.
    [[nodiscard]] record::Version version_to_tell() const noexcept {
        const bool may_be_stored =
            outcome() || (!refusal_ && rivals_.empty() && round_.number() == 1);
        return may_be_stored ? written().version : record::Version::none();
    }
    // Before it was compressed.
    [[nodiscard]] ByteView written_payload() const noexcept { return outgoing_.content; }

    // The payload is about to go. REQUIRES: done(). Needed by stores only that have not ended their
    // puts, which can be only if the operation was abandoned.
    void let_payload_go();

    [[nodiscard]] const bool& is_idle() const noexcept { return idle_; }

  private:
    static constexpr int kMaxRounds = 5;
    // Of many who race for one session, each round lets one through.
    static constexpr int kMaxMergeRounds = 64;

    void run() noexcept override;
    void on_put_done(GuardedPut& put) noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;

    void begin_round() noexcept;
    [[nodiscard]] WriteRound::Order order() noexcept;
    void start_put(int store, record::Version base) noexcept;
    enum class Mirrors : std::uint8_t { All, Near, Far };
    void start_mirrors(Mirrors which) noexcept;
    void start_home() noexcept;
    void on_home_done(GuardedPut& put) noexcept;
    void on_mirror_done(GuardedPut& put) noexcept;
    void on_superseded_mirror(GuardedPut& put) noexcept;
    void ask_home_about_suspects() noexcept;
    void meet_fork(GuardedPut& put) noexcept;
    void meet_rival(GuardedPut& put) noexcept;
    [[nodiscard]] std::optional<Error> refusal_of(const record::Envelope& rival) const noexcept;
    void note_failure(const GuardedPut& put) noexcept;
    void advance() noexcept;
    void rest() noexcept;
    void end(Status outcome) noexcept;
    [[nodiscard]] int acks() const noexcept;
    [[nodiscard]] Status conclude() noexcept;
    void count_if_degraded() noexcept;

    // What the write waits for.
    enum class Stage : std::uint8_t {
        NearMirror,  // the put on this host that goes before the home's
        Puts,        // those of the round
        Suspects,    // the home's answer about mirrors that are ahead
    };

    SessionView& view_;
    const AckRule acks_needed_;
    Outgoing outgoing_;
    Reconciliation reconciliation_;
    Rivals rivals_{env_, reconciliation_};  // not empty: the write needs another round
    HintTrail hints_{env_, view_, outgoing_};
    CarriedUnlock unlock_{env_.locks};
    CarriedUnlock guard_unlock_{env_.locks};
    std::vector<GuardedPut*> suspects_;  // mirrors that are ahead; by whom is not known yet
    const bool alone_;
    const std::uint32_t lifetime_s_;
    Stage stage_ = Stage::Puts;
    Kind kind_;          // becomes a tombstone where the session has been destroyed meanwhile
    bool idle_ = false;  // done, and no put pending: kept for whoever waits for it
    int forks_replaced_ = 0;
    std::optional<Error> refusal_;  // why the write fails, whatever the acknowledgements
    Error failures_{Errc::NoStore};
    WriteRound round_;
};

}  // namespace sessmirror::replica
