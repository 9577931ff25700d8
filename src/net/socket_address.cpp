// SPDX-License-Identifier: BSD-3-Clause
#include "net/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace sessmirror::net {
namespace {

template <class Address>
SocketAddress wrap(const Address& address, std::size_t size = sizeof(Address)) noexcept {
    SocketAddress out;
    std::memcpy(&out.storage, &address, sizeof address);
    out.size = static_cast<socklen_t>(size);
    return out;
}

IpAddress make_ip(const void* bytes, std::uint8_t size) noexcept {
    IpAddress out;
    std::memcpy(out.bytes.data(), bytes, size);
    out.size = size;
    return out;
}

}  // namespace

SocketAddress to_socket_address(const IpAddress& address, std::uint16_t port) noexcept {
    if (address.size == 4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
        return wrap(v4);
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_scope_id = address.scope_id;
    std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
    return wrap(v6);
}

std::optional<SocketAddress> to_socket_address(std::string_view unix_path) noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (unix_path.empty() || unix_path.size() >= sizeof address.sun_path) return std::nullopt;
    std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
    return wrap(address, offsetof(sockaddr_un, sun_path) + unix_path.size() + 1);
}

std::optional<IpAddress> from_sockaddr(const sockaddr* address) noexcept {
    if (address == nullptr) return std::nullopt;
    if (address->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        return make_ip(&v4.sin_addr, 4);
    }
    if (address->sa_family != AF_INET6) return std::nullopt;
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return make_ip(v6.sin6_addr.s6_addr + 12, 4);
    IpAddress out = make_ip(&v6.sin6_addr, 16);
    out.scope_id = v6.sin6_scope_id;
    return out;
}

}  // namespace sessmirror::net
