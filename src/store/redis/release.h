// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/redis/operation.h"

namespace sessmirror::store {

// Deletes a lock if its owner is the expected one. Safe to repeat: a lock that is no longer there
// is not deleted twice.
class RedisRelease final : public RedisOperation {
  public:
    RedisRelease(RedisHost& host, const SessionKey& key, const HeldLock& lock, TimePoint deadline,
                 StoreSink* sink) noexcept
        : RedisOperation(host, key, deadline, sink), owner_(lock.owner) {}

    void start() override {
        host_.link().call(Script::Release, key_, 1).add(owner_.view());
        host_.link().send(this, {.deadline = deadline_});
    }

  private:
    bool take(std::span<wire::RespReply> replies) override {
        if (replies.front().type != wire::RespType::Integer) return false;
        answer(&StoreSink::on_release, Result<ReleaseReply>({replies.front().integer == 1}));
        return true;
    }
    void fail(const Error& why) override {
        answer(&StoreSink::on_release, Result<ReleaseReply>(why));
    }

    const LockOwner owner_;
};

}  // namespace sessmirror::store
