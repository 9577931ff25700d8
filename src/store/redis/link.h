// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "store/remote/link.h"
#include "store/store_spec.h"
#include "wire/resp_packet.h"
#include "wire/resp_parser.h"
#include "wire/resp_reply.h"

namespace sessmirror::store {

struct RedisWire {
    using Packet = wire::RespPacket;
    using Parser = wire::RespParser;
    using Reply = wire::RespReply;
    static std::size_t value_size(const Reply& reply) noexcept {
        std::size_t size = reply.value.size();
        for (const Reply& element : reply.elements) size += value_size(element);
        return size;
    }
};
extern template class Link<RedisWire>;

// See scripts.h.
enum class Script : std::uint8_t { Claim, Put, Release };

// The AUTH and SELECT that a connection begins with, as the list of stores wants them.
std::uint32_t introduce(const StoreSpec& spec, wire::RespPacket& packet);

// The connection to a Redis. It is greeted with the password, the number of the database, and the
// scripts; a server that takes any of them amiss turns the connection away. A server that has
// forgotten the scripts meanwhile ends the connection, so that the next one brings them again.
class RedisLink final : public Link<RedisWire> {
  public:
    RedisLink(net::EventLoop& loop, net::Resolver& resolver, const StoreSpec& spec,
              const LinkOptions& options, LinkOwner& owner);

    // Begins a call of the script in the packet(): so many arguments follow.
    wire::RespPacket& call(Script script, const SessionKey& key, std::uint32_t arguments);

  private:
    static constexpr std::uint32_t kScripts = 3;

    [[nodiscard]] Greeting greeting(bool asks_life) const override;
    void take(wire::RespReply reply) override;
    [[nodiscard]] std::string withdrawal_of(const Pending& pending) const override;
    void forget_server() noexcept override;
    [[nodiscard]] const char* protocol_name() const noexcept override { return "Redis' protocol"; }

    void take_greeting(wire::RespReply& reply);
    bool takes_life(const wire::RespReply& reply);
    void turned_away(std::string_view error);

    const StoreSpec spec_;
    std::array<std::string, kScripts> hashes_;  // by which the server knows the scripts
    std::uint32_t greeted_ = 0;                 // answers to the greeting, so far
    std::optional<Life> life_;
};

}  // namespace sessmirror::store
