// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <span>

#include "store/redis/link.h"
#include "store/remote/operation.h"

namespace sessmirror::store {

class RedisHost : public OperationHost<RedisLink> {
  public:
    // Destroys the operation.
    virtual void retire(Operation<RedisHost>& operation) noexcept = 0;

  protected:
    ~RedisHost() = default;
};

// Each sends one packet, whose replies are its answer.
class RedisOperation : public Operation<RedisHost> {
  public:
    using Operation::Operation;

    bool on_replies(std::span<wire::RespReply> replies) noexcept final {
        const auto error =
            std::ranges::find(replies, wire::RespType::Error, &wire::RespReply::type);
        if (error == replies.end()) return take(replies);
        refused(store_error(*error));
        return true;
    }

  protected:
    // As on_replies(); none of them is an error.
    virtual bool take(std::span<wire::RespReply> replies) = 0;
    // The server's words, in place of an answer.
    virtual void refused(const Error& why) { fail(why); }
};

// Redis takes no lifetime of 0.
constexpr std::uint32_t key_ttl(std::uint32_t ttl_s) noexcept {
    return std::max(ttl_s, 1u);
}

}  // namespace sessmirror::store
