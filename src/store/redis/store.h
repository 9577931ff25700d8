// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/inventory.h"
#include "store/inventory_budget.h"
#include "store/remote_store.h"
#include "store/store.h"
#include "store/store_spec.h"

namespace sessmirror::store {

// Redis is an option of the build (hiredis reads its protocol); everything about it that others
// need stands here, and can be called in every build.

// "1.0.2", or "not built in". Static.
const char* redis_library() noexcept;
[[nodiscard]] bool has_redis_store() noexcept;

// Completes "...: ". What to say where one was asked for and the build has none.
inline constexpr const char kNoRedisStore[] =
    "this build has no Redis store (install libhiredis-dev and build again)";

// A Redis from 2.8.12 on, a Valkey, or another server of their protocol that runs Lua scripts, over
// TCP or a UNIX socket; one persistent connection, made at first use. Keys are specified in
// docs/format.md. The CAS of a session is its version, so it is the same in every store.
//
// As make_memcached_store(). REQUIRES: has_redis_store()
std::unique_ptr<Store> make_redis_store(const StoreSpec& spec, int index, net::EventLoop& loop,
                                        net::Resolver& resolver, const RemoteDefaults& defaults);

// REQUIRES: has_redis_store()
std::unique_ptr<Inventory> make_redis_inventory(const StoreSpec& spec, net::EventLoop& loop,
                                                net::Resolver& resolver,
                                                const InventoryLimits& limits = {});

}  // namespace sessmirror::store
