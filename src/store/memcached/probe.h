// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/memcached/operation.h"

namespace sessmirror::store {

// Asks for any answer at all. Safe to repeat.
class ProbeOperation final : public MemcachedOperation {
  public:
    using MemcachedOperation::MemcachedOperation;

    void start() override {
        host_.link().packet().no_op();
        host_.link().send(this, {.deadline = deadline_});
    }
    bool on_replies(std::span<wire::Reply> replies) noexcept override {
        const wire::ReplyCode code = replies.front().code;
        if (code != wire::ReplyCode::NoOp && code != wire::ReplyCode::Version) return false;
        answer(&StoreSink::on_probe, Status(kOk));
        return true;
    }

  private:
    void fail(const Error& why) override { answer(&StoreSink::on_probe, Status(why)); }
};

}  // namespace sessmirror::store
