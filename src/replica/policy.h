// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "record/envelope.h"

namespace sessmirror::replica {

// When a write may return; see ack_rule.h.
enum class Ack : std::uint8_t { All, Majority, One };

enum class Locking : std::uint8_t {
    On,          // one request at a time per session; the lock lives on the session's home
    Optimistic,  // nobody waits; concurrent changes are merged as on_conflict says
    Off,         // nobody waits and nothing is merged: the last writer wins, counted as a conflict
};

// What to do when compare-and-set finds that somebody else wrote since this request read.
enum class OnConflict : std::uint8_t {
    Merge,  // join both by top-level key; what cannot be merged is treated as with Mine
    Mine,   // write again on top of it
    Fail,   // keep theirs and report the write as failed
};

// How a read without a lock makes sure that its copy is the newest.
enum class Freshness : std::uint8_t {
    Token,     // the client says which version it has seen; nothing is asked while that is met
    Probe,     // one other replica is asked for its version
    Majority,  // as many as make a majority together with the first; fails without one
    Local,     // nothing
};

// What happens when the newest version is known to be out of reach.
enum class OnStale : std::uint8_t {
    Serve,     // an older version of the session is served, or a new one where a store that holds
               // all it should hold has none; counted and logged. The start fails where no such
               // store answers, since a new session would bury the missing one
    Renew,     // the same, but a new session is begun then, too
    ReadOnly,  // as Serve, but what is served cannot be changed
    Fail,      // the start fails
};

// How sessions are replicated. Constant during a request.
struct Policy {
    static constexpr int kAllStores = 0;

    int redundancy = 3;  // copies; kAllStores, or more than there are stores: one on every store
    Ack ack = Ack::All;
    Locking locking = Locking::On;
    Freshness freshness = Freshness::Token;
    OnStale on_stale = OnStale::Serve;
    bool hedges = true;  // reads; see hedge.h
    OnConflict on_conflict = OnConflict::Merge;
    std::vector<std::string> protected_keys;  // of these, a merge keeps what was stored first
    std::uint32_t lock_lease_s = 30;
    Duration lock_wait = milliseconds(10000);
    int lock_max_waiters = 0;  // on this host, for one session; 0: no bound
    Duration deadline =
        milliseconds(1000);  // for the steps of one call; waiting for a lock is extra
    bool has_secret = true;  // tokens of clients cannot be forged
    record::Format write_format = record::Format::Second;  // at least; what is there is read
    std::uint16_t origin = 0;                              // see record::Envelope::origin
    bool compresses = false;                      // what it writes; whatever others wrote is read
    std::uint64_t compress_from = 4096;           // bytes; what is smaller is stored as it is
    std::uint64_t max_session_bytes = 16u << 20;  // before it is compressed

    [[nodiscard]] bool merges() const noexcept {
        return on_conflict == OnConflict::Merge && locking != Locking::Off;
    }
};

}  // namespace sessmirror::replica
