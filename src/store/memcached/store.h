// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/remote_store.h"
#include "store/store.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// A memcached, over TCP or a UNIX socket, by the meta protocol from 1.6.10 on, and otherwise by the
// classic one; one persistent
// connection, made at first use. Items are specified in docs/format.md. From 1.6.27 on the CAS of
// an item is chosen by the client, so that it is the same in every store.
//
// `index` is what sinks and events are told. The loop and the resolver must outlive the store. It
// must not be destroyed from inside a sink. Sinks of requests in flight are not called by its
// destruction.
std::unique_ptr<Store> make_memcached_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                            net::Resolver& resolver,
                                            const RemoteDefaults& defaults);

}  // namespace sessmirror::store
