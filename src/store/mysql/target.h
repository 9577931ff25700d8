// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "net/connection.h"

namespace sessmirror::store {

inline constexpr char kMysqlTable[] = "sessions";

// Which table of which server, and who asks.
struct MysqlTarget {
    net::Endpoint endpoint;
    std::string user;
    std::string password;  // never printed
    std::string database;
    std::string table = kMysqlTable;
    bool creates_table = false;  // where it is missing
};

}  // namespace sessmirror::store
