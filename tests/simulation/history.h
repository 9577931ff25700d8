// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "record/version.h"

namespace sessmirror::simulation {

// One change of one session, unique in a history. A session has one key for each change that it
// contains, so that a lost one is seen, and merging by key has something to do.
using OpId = std::uint32_t;
inline constexpr OpId kNoOp = 0;

enum class CallKind : std::uint8_t { Read, Write, Destroy };

enum class CallStatus : std::uint8_t {
    Ok,
    Fail,  // reported as failed; for a write that means: may have happened all the same
    Info,  // never returned: its worker was killed. May have happened
};

// What the production code counted while a call ran.
struct Flags {
    bool conflict = false;   // somebody else's write was in the way and could not be merged
    bool failover = false;   // another home than the first choice was used
    bool lock_lost = false;  // the lock was gone when it was given back
    bool degraded = false;   // fewer acknowledgements than there should be copies
    bool waited = false;     // for the session's lock
    bool stale = false;      // the read was known to be stale when it was served
    // Changes that were counted as lost, one by one.
    std::uint32_t collisions = 0;
    [[nodiscard]] bool reported_trouble() const noexcept {
        return conflict || failover || lock_lost || degraded || stale;
    }
};

// One call of one request on its session.
struct Call {
    int client = 0;
    int worker = 0;
    int host = 0;
    int session = 0;
    Duration sent{};        // when the client sent the request, with the cookies that it had then
    record::Version token;  // of these, what it had seen; none() if it said nothing
    bool by_stranger = false;  // the client was told, and came without
    Duration invoked{};
    Duration returned{};                  // meaningless for Info
    Duration received = Duration::max();  // the page that made it; never if its worker died first
    Duration paused{};                    // time in between during which its worker did not run
    CallKind kind = CallKind::Read;
    CallStatus status = CallStatus::Info;
    bool found = false;       // Read. Write, Destroy: what its page had read
    record::Version version;  // Read: seen. Write, Destroy: stored, none() if it never was
    record::Version parent;   // Write, Destroy: what `version` followed
    std::vector<OpId> ops;    // Read: seen. Write, Destroy: what its page had read. Ascending
    OpId op = kNoOp;          // Write: what it adds
    Flags flags;
    const char* error = "";   // Fail: why, in few words
    bool after_heal = false;  // made at the end, with all faults gone and all stores settled

    // Read: the newest copy that stood, from invocation to return, on a store that was running and
    // that the host could reach. none() if there was no such copy.
    record::Version reachable;
    bool reachable_is_tombstone = false;
};

// A time during which a request believed to hold a session's lock, cut at the end of its lease.
struct Hold {
    int session = 0;
    int worker = 0;
    int store = 0;
    Duration from{};
    Duration to{};
    bool broken = false;  // ended early at a store that had no fault and whose lease was not over
};

// Where a session stood when everything was over.
struct FinalState {
    int session = 0;
    record::Version newest;  // of all copies; none() if there is none
    bool is_tombstone = false;
    std::vector<OpId> ops;  // in that copy, ascending
    int behind = 0;         // stores that should have that copy, and have not
};

// A copy that a fault took: a store restarted empty or old, evicted it, or was full; or that had
// outlived its lifetime.
struct Loss {
    int session = 0;
    Duration when{};
    bool by_age = false;
};

struct History {
    int copies = 1;           // that a write has had acknowledged if it was not degraded
    Duration deadline{};      // of a call
    Duration lock_wait{};     // on top of it, when a lock is waited for
    std::vector<Call> calls;  // in the order of their invocation
    std::vector<Hold> holds;
    std::vector<FinalState> finals;
    std::vector<Loss> losses;  // in the order of time
    // Changes that were counted as lost outside of all calls: by repairs and refills.
    std::uint64_t collisions_aside = 0;
};

}  // namespace sessmirror::simulation
