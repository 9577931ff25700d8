// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace sessmirror::store {

enum class Engine : std::uint8_t { Memcached };

enum class Transport : std::uint8_t { Tcp, Unix };

// One entry of the store list, as configured. Plain data.
struct StoreSpec {
    Engine engine = Engine::Memcached;
    Transport transport = Transport::Tcp;
    std::string host;  // Tcp: name or address, lower case, IPv6 without brackets. Unix: the path
    std::uint16_t port = 0;  // Tcp only
    std::uint32_t weight = 1;
    Duration connect_timeout{};  // 0: the directive's
    Duration io_timeout{};       // 0: the directive's

    // "10.0.0.1:11211", "[::1]:11211", "/run/memcached.sock". It is what messages say, what
    // placement hashes (so it must read the same on every host) and what health is kept by.
    [[nodiscard]] std::string name() const;
};

}  // namespace sessmirror::store
