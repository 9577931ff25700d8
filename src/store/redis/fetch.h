// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "store/redis/operation.h"

namespace sessmirror::store {

// Reads a session, and claims its lock, in one packet. Safe to repeat: a claim that took effect
// before is known by its owner.
class RedisFetch final : public RedisOperation {
  public:
    RedisFetch(RedisHost& host, const FetchRequest& request, StoreSink* sink)
        : RedisOperation(host, request.key, request.deadline, sink),
          want_(request.want),
          wants_hint_(request.hint),
          claim_(request.lock) {}

    void start() override;

  private:
    bool take(std::span<wire::RespReply> replies) override;
    void refused(const Error& why) override;
    void fail(const Error& why) override;

    [[nodiscard]] bool take_claimed(std::span<wire::RespReply> replies);
    [[nodiscard]] bool take_value(wire::RespReply& value, const wire::RespReply& ttl);
    void release_quietly();

    const Want want_;
    const bool wants_hint_;
    const std::optional<LockClaim> claim_;
    FetchReply reply_;
};

}  // namespace sessmirror::store
