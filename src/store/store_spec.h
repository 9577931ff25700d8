// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "store/parameter.h"

namespace sessmirror::store {

struct Engine;

// Whether the list of stores is being changed, entry by entry; see replica/replica_set.h.
enum class ListChange : std::uint8_t { None, Joins, Leaves };

enum class Transport : std::uint8_t {
    Tcp,
    Unix,
    Directory,  // nothing is connected to
};

// One entry of the store list, as configured. Plain data.
struct StoreSpec {
    const Engine* engine = nullptr;  // never null in a list; a test's store may have none
    Transport transport = Transport::Tcp;
    std::string host;  // Tcp: name or address, lower case, IPv6 without brackets. Else the path
    std::uint16_t port = 0;  // Tcp only
    std::string user;        // empty: the default user of the store
    std::string password;    // empty: none is asked for. Never printed
    std::uint32_t weight = 1;
    ListChange change = ListChange::None;
    Duration connect_timeout{};  // 0: the directive's
    Duration io_timeout{};       // 0: the directive's
    Settings own;                // of the engine's own parameters

    // Whether host is a name, or an address, of the network. Otherwise the store is on this host.
    [[nodiscard]] bool has_address() const noexcept { return transport == Transport::Tcp; }

    // "10.0.0.1:11211", "[::1]:11211", "/run/memcached.sock", "redis://10.0.0.1:6379",
    // "redis://10.0.0.1:6379/2", "redis:///run/redis.sock", "redis:///run/redis.sock?database=2",
    // "lmdb:///var/lib/sessions". It is what messages say, what placement hashes (so it must read
    // the same on every host) and what health is kept by. It reads back as the same store. Without
    // user and password.
    [[nodiscard]] std::string name() const;
};

}  // namespace sessmirror::store
