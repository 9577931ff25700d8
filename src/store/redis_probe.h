// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/redis_operation.h"

namespace sessmirror::store {

// Asks for any answer at all. Safe to repeat.
class RedisProbe final : public RedisOperation {
  public:
    using RedisOperation::RedisOperation;

    void start() override {
        host_.link().packet().command(1).add("PING");
        host_.link().send(this, {.deadline = deadline_});
    }

  private:
    bool take(std::span<wire::RespReply> replies) override {
        if (replies.front().type != wire::RespType::Status) return false;
        answer(&StoreSink::on_probe, Status(kOk));
        return true;
    }
    void fail(const Error& why) override { answer(&StoreSink::on_probe, Status(why)); }
};

}  // namespace sessmirror::store
