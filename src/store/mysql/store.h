// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/mysql/target.h"
#include "store/remote_store.h"
#include "store/store.h"

namespace sessmirror::store {

// A table of a MariaDB or a MySQL, over TCP or a UNIX socket; one persistent connection, made at
// first use. The table is specified in docs/format.md. The CAS of a session is its version, so it
// is the same in every store.
//
// The loop and the resolver outlive the store.
std::unique_ptr<Store> make_mysql_store(const MysqlTarget& target, int index, net::EventLoop& loop,
                                        net::Resolver& resolver, const RemoteDefaults& defaults);

}  // namespace sessmirror::store
