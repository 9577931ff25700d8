// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/remote_store.h"
#include "store/store.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// A Redis from 2.8.12 on, a Valkey, or another server of their protocol that runs Lua scripts, over
// TCP or a UNIX socket; one persistent connection, made at first use. Keys are specified in
// docs/format.md. The CAS of a session is its version, so it is the same in every store.
//
// As make_memcached_store().
std::unique_ptr<Store> make_redis_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                        net::Resolver& resolver, const RemoteDefaults& defaults);

}  // namespace sessmirror::store
