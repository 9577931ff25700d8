// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sessmirror::store {

enum class Engine : std::uint8_t {
    Memcached,
    Redis,     // or Valkey, or what else speaks its protocol; see redis/store.h
    Embedded,  // files of this host, see embedded/engine.h
};

// Whether the list of stores is being changed, entry by entry; see replica/replica_set.h.
enum class ListChange : std::uint8_t { None, Joins, Leaves };

enum class Transport : std::uint8_t { Tcp, Unix };

inline constexpr std::uint32_t kEmbeddedSize = 1024;
inline constexpr std::string_view kEmbeddedScheme = "lmdb://";
inline constexpr std::string_view kRedisScheme = "redis://";

// One entry of the store list, as configured. Plain data.
struct StoreSpec {
    Engine engine = Engine::Memcached;
    Transport transport = Transport::Tcp;  // not Embedded
    // Tcp: name or address, lower case, IPv6 without brackets. Unix: the path. Embedded: the
    // directory
    std::string host;
    std::uint16_t port = 0;                 // Tcp only
    std::uint32_t size_mb = kEmbeddedSize;  // Embedded only: what all sessions may take together
    std::uint32_t database = 0;             // Redis only
    std::string user;                       // Redis only; empty: its default user
    std::string password;                   // Redis only; empty: none is asked for. Never printed
    std::uint32_t weight = 1;
    ListChange change = ListChange::None;
    Duration connect_timeout{};  // 0: the directive's
    Duration io_timeout{};       // 0: the directive's

    // Whether host is a name, or an address, of the network.
    [[nodiscard]] bool has_address() const noexcept {
        return engine != Engine::Embedded && transport == Transport::Tcp;
    }

    // "10.0.0.1:11211", "[::1]:11211", "/run/memcached.sock", "redis://10.0.0.1:6379",
    // "redis://10.0.0.1:6379/2", "redis:///run/redis.sock", "redis:///run/redis.sock?database=2",
    // "lmdb:///var/lib/sessions". It is what messages say, what placement hashes (so it must read
    // the same on every host) and what health is kept by. Without user and password.
    [[nodiscard]] std::string name() const;
};

}  // namespace sessmirror::store
