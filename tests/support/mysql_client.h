// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/mysql/store.h"
#include "support/real_mariadb.h"
#include "support/store_client.h"

namespace sessmirror::test {

// For servers that do answer: nothing but a machine under load is in the way.
inline constexpr store::RemoteDefaults kPatientMysql{.connect_timeout = std::chrono::seconds(5),
                                                     .io_timeout = std::chrono::seconds(5)};

class MysqlStoreClient final : public StoreClient {
  public:
    explicit MysqlStoreClient(const store::MysqlTarget& target,
                              store::RemoteDefaults defaults = kPatientMysql)
        : StoreClient(
              [&](net::EventLoop& loop, net::Resolver& resolver, store::StoreEvents& counter) {
                  defaults.events = &counter;
                  return store::make_mysql_store(target, 0, loop, resolver, defaults);
              }) {}
};

}  // namespace sessmirror::test
