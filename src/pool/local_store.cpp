// SPDX-License-Identifier: BSD-3-Clause
#include "pool/local_store.h"

#include <algorithm>

#include "base/text.h"
#include "pool/store_list.h"

namespace sessmirror::pool {
namespace {

bool runs_here(std::span<const net::IpAddress> addresses, std::span<const net::IpAddress> own) {
    return std::any_of(addresses.begin(), addresses.end(), [&](const net::IpAddress& address) {
        return address.is_loopback() || std::find(own.begin(), own.end(), address) != own.end();
    });
}

int detect(std::span<const store::StoreSpec> stores,
           std::span<const std::vector<net::IpAddress>> addresses,
           std::span<const net::IpAddress> own) {
    for (std::size_t i = 0; i < stores.size(); ++i)
        if (!stores[i].has_address()) return static_cast<int>(i);
    for (std::size_t i = 0; i < std::min(stores.size(), addresses.size()); ++i)
        if (runs_here(addresses[i], own)) return static_cast<int>(i);
    return kNoLocalStore;
}

// The same server, called otherwise.
void suggest(const store::StoreSpec& named, std::span<const store::StoreSpec> stores,
             Error& error) noexcept {
    const auto alike = std::find_if(stores.begin(), stores.end(), [&](const auto& spec) {
        return spec.transport == named.transport && spec.host == named.host &&
               spec.port == named.port;
    });
    if (alike != stores.end()) error.append("; write %.100s, as there", alike->name().c_str());
}

Result<int> find_named(std::string_view setting, std::span<const store::StoreSpec> stores) {
    const auto named = parse_store_list(setting);
    if (!named) return Error(Errc::BadConfig, "sessmirror.local: %s", named.error().detail);
    if (named->size() != 1)
        return Error(Errc::BadConfig, "sessmirror.local names %zu stores instead of one",
                     named->size());
    const std::string name = named->front().name();
    const auto found = std::find_if(stores.begin(), stores.end(),
                                    [&](const auto& spec) { return spec.name() == name; });
    if (found == stores.end()) {
        Error error(Errc::BadConfig, "sessmirror.local = %s is not in the store list",
                    Quoted(name).c_str());
        suggest(named->front(), stores, error);
        return error;
    }
    return static_cast<int>(found - stores.begin());
}

}  // namespace

Result<int> find_local_store(std::string_view setting, std::span<const store::StoreSpec> stores,
                             std::span<const std::vector<net::IpAddress>> addresses,
                             std::span<const net::IpAddress> own) {
    if (equals_ignoring_case(setting, "auto")) return detect(stores, addresses, own);
    if (setting.empty() || equals_ignoring_case(setting, "none")) return kNoLocalStore;
    return find_named(setting, stores);
}

}  // namespace sessmirror::pool
