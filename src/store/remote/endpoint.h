// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/connection.h"
#include "store/remote/link.h"
#include "store/remote_store.h"
#include "store/store_spec.h"

namespace sessmirror::store {

inline net::Endpoint endpoint_of(const StoreSpec& spec) {
    return {spec.transport == Transport::Unix, spec.host, spec.port, spec.name()};
}

// `overhead`: how much larger than its payload a value may be.
inline LinkOptions link_options_of(const StoreSpec& spec, const RemoteDefaults& defaults,
                                   std::uint64_t overhead) {
    const auto own_or = [](Duration own, Duration common) {
        return own == Duration::zero() ? common : own;
    };
    return {own_or(spec.connect_timeout, defaults.connect_timeout),
            own_or(spec.io_timeout, defaults.io_timeout), defaults.polling,
            static_cast<std::size_t>(defaults.max_payload + overhead)};
}

}  // namespace sessmirror::store
