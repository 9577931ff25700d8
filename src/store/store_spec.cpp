// SPDX-License-Identifier: BSD-3-Clause
#include "store/store_spec.h"

namespace sessmirror::store {

std::string StoreSpec::name() const {
    if (engine == Engine::Embedded) return std::string(kEmbeddedScheme) + host;
    if (transport == Transport::Unix) return host;
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace sessmirror::store
