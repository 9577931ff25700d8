// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "base/clock.h"
#include "store/operation.h"

namespace sessmirror::store {

// A put whose payload exceeds what sessions may have: nothing is stored and the old content stays.
// Only the lock is given up, as a put promises whatever its outcome.
template <class Base>
class RefusedPut final : public Base, private TimerSink {
  public:
    RefusedPut(typename Base::HostType& host, const PutRequest& request, Scheduler& scheduler,
               StoreSink* sink)
        : Base(host, request.key, request.deadline, sink),
          size_(request.payload.size()),
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
    void on_timer() noexcept override {
        fail(Error(Errc::TooLarge, "the session has %llu bytes, at most %llu can be stored",
                   static_cast<unsigned long long>(size_),
                   static_cast<unsigned long long>(this->host_.max_payload())));
    }

    const std::uint64_t size_;
    const std::optional<HeldLock> unlock_;
    const std::unique_ptr<Timer> timer_;  // sinks are called from the loop only
};

}  // namespace sessmirror::store
