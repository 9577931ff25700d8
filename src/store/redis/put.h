// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>

#include "store/redis/operation.h"

namespace sessmirror::store {

// Stores a session by compare-and-set, and gives up its lock, in one step of the server. Safe to
// repeat: a write that took effect before is known by its version, which is also why it does not
// matter whether the caller has seen the CAS that he expects.
class RedisPut final : public RedisOperation {
  public:
    RedisPut(RedisHost& host, const PutRequest& request, StoreSink* sink);

    void start() override;

  private:
    bool take(std::span<wire::RespReply> replies) override;
    void refused(const Error& why) override;
    void fail(const Error& why) override { answer(&StoreSink::on_put, Result<PutReply>(why)); }

    const Cas expected_;
    const Cas cas_;
    const std::uint32_t ttl_s_;
    const std::optional<HeldLock> unlock_;
    const record::EnvelopeBytes header_;
    const std::shared_ptr<const SharedPayload> payload_;
    const Bytes hint_;
};

}  // namespace sessmirror::store
