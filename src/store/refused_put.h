// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/memcached_operation.h"

namespace sessmirror::store {

// A put whose payload exceeds the limit of split sessions: nothing is stored and the old content
// stays. Only the lock is given up, as a put promises whatever its outcome.
class RefusedPut final : public Operation, private TimerSink {
  public:
    RefusedPut(OperationHost& host, const PutRequest& request, Scheduler& scheduler,
               StoreSink* sink);

    void start() override;
    bool on_replies(std::span<wire::Reply> replies) noexcept override;

  private:
    void fail(const Error& why) override;
    void on_timer() noexcept override;

    const std::uint64_t size_;
    const std::optional<HeldLock> unlock_;
    const std::unique_ptr<Timer> timer_;  // sinks are called from the loop only
};

}  // namespace sessmirror::store
