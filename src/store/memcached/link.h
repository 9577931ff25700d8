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

// The connection to a memcached, by the meta protocol, or by the classic one where the server knows
// no other: one that is older, or a proxy. Its version tells, with the first answer. It is greeted
// with `version`, and with `stats` for its life. The opaque of each reply must be that of its
// command. The packet that is special asks for `stats settings`.
class MemcachedLink final : public Link<MemcachedWire> {
  public:
    MemcachedLink(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
                  const LinkOptions& options, LinkOwner& owner,
                  std::optional<wire::Dialect> dialect = std::nullopt);

    // What the next packet is written in. Whoever has put something into the packet() before it
    // changes is told that it was lost, and may repeat it.
    [[nodiscard]] bool is_classic() const noexcept { return dialect_ == wire::Dialect::Classic; }
    [[nodiscard]] wire::Dialect dialect() const noexcept { return dialect_; }
    // False before the server's first answer, unless the list of stores says it.
    [[nodiscard]] bool knows_dialect() const noexcept { return knows_dialect_; }
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
    void take_release(const wire::Reply& reply);
    void speak(wire::Dialect dialect) noexcept;
    void take_setting(const wire::Reply& reply);
    [[nodiscard]] const char* fault_of(const wire::Reply& reply) const;

    const std::optional<wire::Dialect> wanted_;  // by the list of stores
    wire::Dialect dialect_ = wire::Dialect::Meta;
    bool knows_dialect_ = false;
    bool has_explicit_cas_ = false;
    std::optional<std::uint64_t> item_limit_;
    unsigned settings_seen_ = 0;
    bool is_version_known_ = false;
    MemcachedLife life_;
};

}  // namespace sessmirror::store
