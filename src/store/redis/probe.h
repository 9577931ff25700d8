// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/redis/operation.h"

namespace sessmirror::store {

// Asks for any answer at all, by a script: a server that runs none is of no use, and a new session
// should learn that at its start. Safe to repeat.
class RedisProbe final : public RedisOperation {
  public:
    using RedisOperation::RedisOperation;

    void start() override {
        host_.link().packet().command(3).add("EVAL").add(kScript).add("0");
        host_.link().send(this, {.deadline = deadline_});
    }

  private:
    static constexpr const char kScript[] = "return redis.status_reply('PONG')";

    bool take(std::span<wire::RespReply> replies) override {
        if (replies.front().type != wire::RespType::Status) return false;
        answer(&StoreSink::on_probe, Status(kOk));
        return true;
    }
    void fail(const Error& why) override { answer(&StoreSink::on_probe, Status(why)); }
};

}  // namespace sessmirror::store
