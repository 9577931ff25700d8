// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/memcached/operation.h"

namespace sessmirror::store {

// Sets the lifetime of a session's item, and of its chunks when it is split. Safe to repeat.
class TouchOperation final : public MemcachedOperation {
  public:
    TouchOperation(MemcachedHost& host, const SessionKey& key, std::uint32_t ttl_s,
                   TimePoint deadline, StoreSink* sink) noexcept
        : MemcachedOperation(host, key, deadline, sink), ttl_s_(ttl_s) {}

    void start() override;
    bool on_replies(std::span<wire::Reply> replies) noexcept override;

  private:
    void fail(const Error& why) override;
    bool take_touched(const wire::Reply& reply);
    bool take_manifest(const wire::Reply& reply);
    bool take_chunks(std::span<const wire::Reply> replies);
    void read_manifest();
    void touch_chunks(const Manifest& manifest);
    void finish(bool found) { answer(&StoreSink::on_touch, Result<TouchReply>({found})); }

    enum class Phase : std::uint8_t { Item, Manifest, Chunks };
    Phase phase_ = Phase::Item;
    bool is_classic_ = false;  // the packet that is under way
    const std::uint32_t ttl_s_;
};

}  // namespace sessmirror::store
