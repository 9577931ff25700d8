// SPDX-License-Identifier: BSD-3-Clause
#include "net/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "net/socket_address.h"

namespace sessmirror::net {

bool IpAddress::is_loopback() const noexcept {
    if (size == 4) return bytes[0] == 127;
    return size == 16 && bytes[15] == 1 &&
           std::all_of(bytes.begin(), bytes.begin() + 15, [](std::uint8_t b) { return b == 0; });
}

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
    char buffer[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
    if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';

    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    if (inet_pton(AF_INET, buffer, &v4.sin_addr) == 1)
        return from_sockaddr(reinterpret_cast<const sockaddr*>(&v4));

    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    if (char* const zone = std::strchr(buffer, '%')) {
        *zone = '\0';
        v6.sin6_scope_id = if_nametoindex(zone + 1);
        if (v6.sin6_scope_id == 0) return std::nullopt;
    }
    if (inet_pton(AF_INET6, buffer, &v6.sin6_addr) != 1) return std::nullopt;
    return from_sockaddr(reinterpret_cast<const sockaddr*>(&v6));
}

std::vector<IpAddress> interface_addresses() {
    std::vector<IpAddress> out;
    ifaddrs* found = nullptr;
    if (getifaddrs(&found) != 0) return out;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(found, &freeifaddrs);
    for (const ifaddrs* entry = found; entry != nullptr; entry = entry->ifa_next)
        if (const auto address = from_sockaddr(entry->ifa_addr)) out.push_back(*address);
    return out;
}

}  // namespace sessmirror::net
