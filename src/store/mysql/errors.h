// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace sessmirror::store {

// Whether a server says it, and not the client's library about the connection.
bool is_servers_own(std::uint32_t code) noexcept;
// Somebody else was at the same rows: the same statement may be made again, and then sees what he
// has done. Deadlocks, lock waits that took too long, and what a Galera cluster could not certify.
bool is_conflict(std::uint32_t code) noexcept;
// Of those, the ones that have taken their time already.
bool has_waited(std::uint32_t code) noexcept;
// The connection is at its end: the server shuts down, or somebody has ended it, or it was idle for
// too long.
bool ends_connection(std::uint32_t code) noexcept;
// The server cannot serve anybody now, as a node of a cluster that is in no majority.
bool is_not_ready(std::uint32_t code) noexcept;
// There is no such table, or one with other columns.
bool misses_table(std::uint32_t code) noexcept;

// What becomes of a connection that the server does not let in, or not to the table.
Error turned_away(const char* store, std::uint32_t code, std::string_view text) noexcept;
// Of a statement.
Error statement_error(const char* store, std::uint32_t code, std::string_view text) noexcept;

}  // namespace sessmirror::store
