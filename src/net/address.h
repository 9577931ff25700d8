// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sessmirror::net {

// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses are kept as IPv4, so that comparing works.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    std::uint8_t size = 0;  // 4 or 16; 0 = none
    std::uint32_t scope_id = 0;

    [[nodiscard]] bool is_loopback() const noexcept;
    friend bool operator==(const IpAddress& a, const IpAddress& b) noexcept {
        return a.size == b.size && a.bytes == b.bytes;
    }
};

// nullopt unless `text` is a numeric address (brackets not accepted).
std::optional<IpAddress> parse_ip(std::string_view text) noexcept;

// Addresses of this host's interfaces, as of now. Empty when the system does not tell.
std::vector<IpAddress> interface_addresses();

}  // namespace sessmirror::net
