// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/inventory.h"
#include "store/inventory_budget.h"
#include "store/mysql/target.h"
#include "store/remote_store.h"
#include "store/store.h"

namespace sessmirror::store {

// MariaDB and MySQL are an option of the build (MariaDB Connector/C speaks to both); everything
// about them that others need stands here, and can be called in every build.

// "3.3.8", or "not built in". Static.
const char* mysql_library() noexcept;
[[nodiscard]] bool has_mysql_store() noexcept;

// Completes "...: ". What to say where one was asked for and the build has none.
inline constexpr const char kNoMysqlStore[] =
    "this build has no MariaDB store (install libmariadb-dev and build again)";

// A table of a MariaDB or a MySQL, over TCP or a UNIX socket; one persistent connection, made at
// first use. The table is specified in docs/format.md. The CAS of a session is its version, so it
// is the same in every store.
//
// What `defaults` say of times has been made good for by the target's own. The loop and the
// resolver outlive the store. REQUIRES: has_mysql_store()
std::unique_ptr<Store> make_mysql_store(const MysqlTarget& target, int index, net::EventLoop& loop,
                                        net::Resolver& resolver, const RemoteDefaults& defaults);

// REQUIRES: has_mysql_store()
std::unique_ptr<Inventory> make_mysql_inventory(const MysqlTarget& target, net::EventLoop& loop,
                                                net::Resolver& resolver,
                                                const InventoryLimits& limits = {});

}  // namespace sessmirror::store
