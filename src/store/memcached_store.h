// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/store.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// What a store reports besides its answers, for counting. Called from the loop.
class StoreEvents {
  public:
    virtual void on_store_connected(int /*store*/) noexcept {}
    // The connection was dropped because of bytes that were not what was asked for.
    virtual void on_store_protocol_error(int /*store*/) noexcept {}

  protected:
    ~StoreEvents() = default;
};

// Directives that apply to a store unless its entry in the list says otherwise.
struct MemcachedDefaults {
    Duration connect_timeout = milliseconds(100);
    Duration io_timeout = milliseconds(200);  // without a sign of life
    Duration polling{};                       // before sleeping, see net::PollGuard
    std::uint64_t max_payload = 16u << 20;
    StoreEvents* events = nullptr;  // outlives the store
};

// A memcached from 1.6.10 on, over TCP or a UNIX socket, by the meta protocol; one persistent
// connection, made at first use. Items are specified in docs/format.md. From 1.6.27 on the CAS of
// an item is chosen by the client, so that it is the same in every store.
//
// `index` is what sinks and events are told. The loop and the resolver must outlive the store. It
// must not be destroyed from inside a sink. Sinks of requests in flight are not called by its
// destruction.
std::unique_ptr<Store> make_memcached_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                            net::Resolver& resolver,
                                            const MemcachedDefaults& defaults);

}  // namespace sessmirror::store
