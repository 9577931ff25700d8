// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "pool/lock_registry.h"
#include "pool/pool.h"
#include "record/compressor.h"
#include "replica/policy.h"
#include "store/store.h"

namespace sessmirror::replica {

// What operations work with. All of it outlives them.
struct Environment {
    pool::Pool& pool;
    Scheduler& scheduler;
    Random& random;
    pool::LockRegistry& locks;
    const Policy& policy;
    record::Compressor& compressor;
};

// Told once when an operation has its outcome. May destroy the operation.
class OperationListener {
  public:
    virtual void on_done() noexcept = 0;

  protected:
    ~OperationListener() = default;
};

// One step of a session's life as a state machine over the Store interface: started once, driven by
// store replies and timers, done once. It never blocks, so the same code runs under the event loop
// (which waits for done()) and in the simulation. It always ends by itself, since every request it
// makes ends by a deadline. Destroying it early abandons it: requests already sent go on.
class Operation : public store::StoreSink {
  public:
    explicit Operation(const Environment& env) noexcept : env_(env) {}
    virtual ~Operation() { env_.pool.forget(this); }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    // REQUIRES: not started before. `listener` may be null.
    void start(OperationListener* listener = nullptr) noexcept {
        start(listener, env_.scheduler.now() + env_.policy.deadline);
    }
    // As a step of a call that has begun before, and whose deadline it shares.
    void start(OperationListener* listener, TimePoint deadline) noexcept {
        listener_ = listener;
        deadline_ = deadline;
        run();
    }
    [[nodiscard]] const bool& done() const noexcept { return done_; }
    [[nodiscard]] const Status& outcome() const noexcept { return outcome_; }

    // Whether it has to wait for all that it asks, as far as that can be told beforehand: whoever
    // waits for it may then receive answers one after the other. A hint, not a promise.
    [[nodiscard]] virtual bool needs_every_answer() const noexcept { return false; }

    // By when it ends. Later than at the start by the time that it has waited for a lock.
    [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }

  protected:
    virtual void run() noexcept = 0;

    // The last thing an operation does in a callback: it may not exist any more afterwards.
    void finish(Status outcome) noexcept {
        outcome_ = outcome;
        done_ = true;
        if (listener_ != nullptr) listener_->on_done();
    }
    [[nodiscard]] bool has_time() const noexcept { return env_.scheduler.now() < deadline_; }
    void extend_deadline(Duration time) noexcept { deadline_ += time; }
    // For work that no page waits for.
    void restart_deadline() noexcept { deadline_ = env_.scheduler.now() + env_.policy.deadline; }

    Environment env_;

  private:
    OperationListener* listener_ = nullptr;
    TimePoint deadline_{};
    Status outcome_ = kOk;
    bool done_ = false;
};

}  // namespace sessmirror::replica
