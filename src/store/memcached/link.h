// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/memcached/life.h"
#include "store/remote/link.h"
#include "wire/meta_reply.h"
#include "wire/packet.h"
#include "wire/reply_parser.h"

namespace sessmirror::store {

struct MemcachedWire {
    using Packet = wire::Packet;
    using Parser = wire::ReplyParser;
    using Reply = wire::Reply;
    static std::size_t value_size(const Reply& reply) noexcept { return reply.value.size(); }
};
extern template class Link<MemcachedWire>;

// The connection to a memcached, by the meta protocol. It is greeted with `version`, and
// with `stats` for its life. The opaque of
// each reply must be that of its command. The packet that is special asks for `stats settings`.
class MemcachedLink final : public Link<MemcachedWire> {
  public:
    MemcachedLink(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
                  const LinkOptions& options, LinkOwner& owner)
        : Link(loop, resolver, std::move(endpoint), options, owner) {}

    // Whether the server lets the client choose CAS values; false while not connected.
    [[nodiscard]] bool has_explicit_cas() const noexcept { return has_explicit_cas_; }
    // item_size_max, once `stats settings` was answered on this connection.
    [[nodiscard]] std::optional<std::uint64_t> item_limit() const noexcept { return item_limit_; }

  private:
    [[nodiscard]] Greeting greeting(bool asks_life) const override;
    void take(wire::Reply reply) override;
    [[nodiscard]] std::string withdrawal_of(const Pending& pending) const override;
    void forget_server() noexcept override;
    [[nodiscard]] const char* protocol_name() const noexcept override;

    void take_greeting(const wire::Reply& reply);
    void take_version(const wire::Reply& reply);
    void take_setting(const wire::Reply& reply);
    [[nodiscard]] const char* fault_of(const wire::Reply& reply) const;

    bool has_explicit_cas_ = false;
    std::optional<std::uint64_t> item_limit_;
    unsigned settings_seen_ = 0;
    bool is_version_known_ = false;
    MemcachedLife life_;
};

}  // namespace sessmirror::store
