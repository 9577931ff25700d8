// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "record/version.h"
#include "replica/freshness_token.h"
#include "store/session_key.h"
#include "store/store.h"

namespace sessmirror::simulation {

using Token = std::optional<replica::FreshnessToken>;

struct ReadResult {
    Status outcome = kOk;
    bool found = false;
    record::Version version;  // of a tombstone too, when one was found
    Bytes payload;
    int lock_store = -1;  // where the session's lock is held now; -1: no lock
    store::LockOwner lock_owner;
};

class PolicyListener {
  public:
    virtual void on_read(ReadResult result) noexcept = 0;
    virtual void on_stored(Status outcome) noexcept = 0;  // write(), destroy() and keep()

  protected:
    ~PolicyListener() = default;
};

// How a worker keeps sessions: what a simulated request drives, one session at a time, in the order
// read, then at most one of write, destroy and keep, then close. The production code is one such
// policy (replica_policy.h); deliberately wrong ones prove that the checker sees
// (wrong_policies.h). The listener is never called from inside a call.
class SessionPolicy {
  public:
    virtual ~SessionPolicy() = default;
    // `created`: this request has just drawn the id at random.
    virtual void read(const store::SessionKey& key, bool created, PolicyListener& listener) = 0;
    // The client's freshness token, before read(); and what the client should get instead.
    virtual void set_token(const Token& /*token*/) {}
    [[nodiscard]] virtual Token news() const { return std::nullopt; }
    // What the client gets if the headers leave now, after read() and before anything else.
    [[nodiscard]] virtual Token open_token() const { return std::nullopt; }
    virtual void write(ByteView payload) = 0;  // `payload` lives until on_stored
    virtual void destroy() = 0;
    virtual void keep() = 0;  // unchanged: only the lifetime is extended
    virtual void close() = 0;
    virtual void after_response() = 0;
    // Something that after_response() began is not done: it has to be called again.
    [[nodiscard]] virtual bool has_chores() const noexcept { return false; }
};

}  // namespace sessmirror::simulation
