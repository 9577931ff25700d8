// SPDX-License-Identifier: BSD-3-Clause
#include "store/store_spec.h"

namespace sessmirror::store {

namespace {

std::string address(const StoreSpec& spec) {
    if (spec.transport == Transport::Unix) return spec.host;
    const bool is_ipv6 = spec.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + spec.host + "]" : spec.host) + ":" + std::to_string(spec.port);
}

}  // namespace

std::string StoreSpec::name() const {
    if (engine == Engine::Embedded) return std::string(kEmbeddedScheme) + host;
    if (engine == Engine::Memcached) return address(*this);
    std::string out = std::string(kRedisScheme) + address(*this);
    if (database != 0)
        out += (transport == Transport::Unix ? "?database=" : "/") + std::to_string(database);
    return out;
}

}  // namespace sessmirror::store
