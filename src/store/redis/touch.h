// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

#include "store/redis/names.h"
#include "store/redis/operation.h"

namespace sessmirror::store {

// Sets the lifetime of a session and of its hint. Safe to repeat.
class RedisTouch final : public RedisOperation {
  public:
    RedisTouch(RedisHost& host, const SessionKey& key, std::uint32_t ttl_s, TimePoint deadline,
               StoreSink* sink) noexcept
        : RedisOperation(host, key, deadline, sink), ttl_s_(ttl_s) {}

    void start() override {
        wire::RespPacket& packet = host_.link().packet();
        packet.command(3).add("EXPIRE").add(key_.text()).add_number(key_ttl(ttl_s_));
        packet.command(3).add("EXPIRE").add(redis_hint_key(key_)).add_number(key_ttl(ttl_s_));
        host_.link().send(this, {.deadline = deadline_});
    }

  private:
    bool take(std::span<wire::RespReply> replies) override {
        const auto is_number = [](const wire::RespReply& reply) {
            return reply.type == wire::RespType::Integer;
        };
        if (!std::ranges::all_of(replies, is_number)) return false;
        answer(&StoreSink::on_touch, Result<TouchReply>({replies.front().integer == 1}));
        return true;
    }
    void fail(const Error& why) override { answer(&StoreSink::on_touch, Result<TouchReply>(why)); }

    const std::uint32_t ttl_s_;
};

}  // namespace sessmirror::store
