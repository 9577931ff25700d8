// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "net/address.h"

namespace sessmirror::net {

// What connect() takes.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] bool is_unix() const noexcept { return storage.ss_family == AF_UNIX; }
    friend bool operator==(const SocketAddress& a, const SocketAddress& b) noexcept {
        return a.size == b.size && std::memcmp(&a.storage, &b.storage, a.size) == 0;
    }
};

// REQUIRES: address.size is 4 or 16
SocketAddress to_socket_address(const IpAddress& address, std::uint16_t port) noexcept;
// nullopt when the path does not fit into the system's address structure (108 bytes on Linux).
std::optional<SocketAddress> to_socket_address(std::string_view unix_path) noexcept;

// nullopt for null and for families other than IPv4 and IPv6.
std::optional<IpAddress> from_sockaddr(const sockaddr* address) noexcept;

}  // namespace sessmirror::net
