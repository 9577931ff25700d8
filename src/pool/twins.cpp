// SPDX-License-Identifier: BSD-3-Clause
#include "pool/twins.h"

#include <algorithm>

namespace sessmirror::pool {
namespace {

using Addresses = std::vector<net::IpAddress>;

// A numeric address is its own, whether it was resolved or not.
Addresses addresses_of(const store::StoreSpec& spec, const Addresses& resolved) {
    const auto numeric = net::parse_ip(spec.host);
    return numeric ? Addresses{*numeric} : resolved;
}

bool have_one_in_common(const Addresses& some, const Addresses& others) {
    return std::ranges::any_of(some, [&](const net::IpAddress& address) {
        return std::ranges::find(others, address) != others.end();
    });
}

}  // namespace

std::vector<int> find_twins(std::span<const store::StoreSpec> stores,
                            std::span<const Addresses> addresses) {
    const auto is_one_server = [&](std::size_t a, std::size_t b) {
        if (stores[a].transport != stores[b].transport) return false;
        if (!stores[a].has_address()) return stores[a].host == stores[b].host;
        return stores[a].port == stores[b].port &&
               have_one_in_common(addresses_of(stores[a], addresses[a]),
                                  addresses_of(stores[b], addresses[b]));
    };
    std::vector<int> twins(stores.size(), kNoTwin);
    for (std::size_t i = 1; i < stores.size(); ++i)
        for (std::size_t first = 0; first < i && twins[i] == kNoTwin; ++first)
            if (is_one_server(first, i)) twins[i] = static_cast<int>(first);
    return twins;
}

Error same_server(std::string_view name, std::string_view other) noexcept {
    return Error(Errc::BadConfig, "%.*s and %.*s are one server under two names, and keep one copy",
                 static_cast<int>(std::min<std::size_t>(name.size(), 100)), name.data(),
                 static_cast<int>(std::min<std::size_t>(other.size(), 100)), other.data());
}

}  // namespace sessmirror::pool
