// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sessmirror::store {

enum class Engine : std::uint8_t {
    Memcached,
    Embedded,  // files of this host, see embedded_store.h
};

enum class Transport : std::uint8_t { Tcp, Unix };

inline constexpr std::uint32_t kEmbeddedSize = 1024;
inline constexpr std::string_view kEmbeddedScheme = "lmdb://";

// One entry of the store list, as configured. Plain data.
struct StoreSpec {
    Engine engine = Engine::Memcached;
    Transport transport = Transport::Tcp;  // Memcached only
    // Tcp: name or address, lower case, IPv6 without brackets. Unix: the path. Embedded: the
    // directory
    std::string host;
    std::uint16_t port = 0;                 // Tcp only
    std::uint32_t size_mb = kEmbeddedSize;  // Embedded only: what all sessions may take together
    std::uint32_t weight = 1;
    Duration connect_timeout{};  // 0: the directive's
    Duration io_timeout{};       // 0: the directive's

    // "10.0.0.1:11211", "[::1]:11211", "/run/memcached.sock", "lmdb:///var/lib/sessions". It is
    // what messages say, what placement hashes (so it must read the same on every host) and what
    // health is kept by.
    [[nodiscard]] std::string name() const;
};

}  // namespace sessmirror::store
