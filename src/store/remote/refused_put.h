// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "base/clock.h"
#include "store/remote/operation.h"

namespace sessmirror::store {

// A put that is not made, because its payload exceeds what sessions may have, or there is no memory
// to keep it meanwhile: nothing is stored and the old content stays. Only the lock is given up, as
// a put promises whatever its outcome.
template <class Base>
class RefusedPut final : public Base, private TimerSink {
  public:
    RefusedPut(typename Base::HostType& host, const PutRequest& request, const Error& why,
               Scheduler& scheduler, StoreSink* sink)
        : Base(host, request.key, request.deadline, sink),
          why_(why),
          unlock_(request.unlock),
          timer_(scheduler.make_timer(*this)) {}

    void start() override {
        timer_->start(Duration::zero());
        if (unlock_) this->host_.release(this->key_, *unlock_, this->deadline_, nullptr);
    }
    bool on_replies(std::span<typename Base::Reply> /*replies*/) noexcept override { return false; }

  private:
    void fail(const Error& why) override {
        this->answer(&StoreSink::on_put, Result<PutReply>(why));
    }
    void on_timer() noexcept override { fail(Error(why_)); }

    const Error why_;
    const std::optional<HeldLock> unlock_;
    const std::unique_ptr<Timer> timer_;  // sinks are called from the loop only
};

}  // namespace sessmirror::store
