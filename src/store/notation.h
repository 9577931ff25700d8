// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// How addresses are written in the list of stores, for all engines alike. What is read is put into
// canonical form (lower case, shortest IPv6 notation), since the name of a store places the
// sessions and must read the same on every host. Reasons do not show the text, which may be a
// password.

inline constexpr std::uint32_t kMaxWeight = 1000;

// What an address has said already, so that a parameter that says it again is refused.
struct Given {
    bool weight = false;
};

//     host [ ":" port [ ":" weight ]]      host = letters, digits, '-', '.', '_'  |  "[" IPv6 "]"
Result<Given> parse_tcp_address(std::string_view text, std::uint16_t default_port, StoreSpec& spec);

//     /path [ ":0" [ ":" weight ]]
Result<Given> parse_socket_address(std::string_view text, StoreSpec& spec);

// Whether all of it could stand in the path of a socket or directory.
bool is_path(std::string_view text) noexcept;
// Nothing but digits, or nothing at all.
bool is_digits(std::string_view text) noexcept;

// "10.0.0.1:11211", "[::1]:11211", "/run/memcached.sock", "/var/lib/sessions": the address of the
// spec, which reads back as the same one.
std::string address_text(const StoreSpec& spec);

}  // namespace sessmirror::store
