// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/errors.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

namespace sessmirror::store {
namespace {

// Of the servers' list of errors; the same in MariaDB and MySQL, but for what has one of them only.
enum Code : std::uint32_t {
    kHostMayNotConnect = 1130,
    kDatabaseDenied = 1044,
    kAccessDenied = 1045,
    kUnknownDatabase = 1049,
    kNoNode = 1047,  // Galera: "WSREP has not yet prepared node for application use"
    kShuttingDown = 1053,
    kNoColumn = 1054,
    kTableDenied = 1142,
    kColumnDenied = 1143,
    kNoTable = 1146,
    kReadChanged = 1020,
    kLockWait = 1205,
    kDeadlock = 1213,
    kMisses = 1227,
    kRefusedByPlugin = 1698,
    kKilled = 1927,
    kTookTooLong = 1969,
    kIdleForTooLong = 4031,
};

bool is_among(std::uint32_t code, std::span<const std::uint32_t> codes) noexcept {
    return std::ranges::find(codes, code) != codes.end();
}

// The user, the password or the rights of this configuration: others are served.
bool is_denial(std::uint32_t code) noexcept {
    constexpr std::array<std::uint32_t, 8> kCodes = {
        kAccessDenied, kDatabaseDenied, kHostMayNotConnect, kTableDenied,
        kColumnDenied, kMisses,         kRefusedByPlugin,   kUnknownDatabase};
    return is_among(code, kCodes);
}

int size_of(std::string_view text) noexcept {
    constexpr std::size_t kMost = 160;
    return static_cast<int>(std::min(text.size(), kMost));
}

}  // namespace

bool is_servers_own(std::uint32_t code) noexcept {
    constexpr std::uint32_t kServers = 1000;
    constexpr std::uint32_t kClients = 2000;
    constexpr std::uint32_t kServersAgain = 3000;
    constexpr std::uint32_t kClientsAgain = 5000;
    return (code >= kServers && code < kClients) || (code >= kServersAgain && code < kClientsAgain);
}

bool is_conflict(std::uint32_t code) noexcept {
    return code == kDeadlock || code == kReadChanged || has_waited(code);
}

bool has_waited(std::uint32_t code) noexcept {
    return code == kLockWait || code == kTookTooLong;
}

bool ends_connection(std::uint32_t code) noexcept {
    return code == kShuttingDown || code == kKilled || code == kIdleForTooLong;
}

bool is_not_ready(std::uint32_t code) noexcept {
    return code == kNoNode;
}

bool misses_table(std::uint32_t code) noexcept {
    return code == kNoTable || code == kNoColumn;
}

Error turned_away(const char* store, std::uint32_t code, std::string_view text) noexcept {
    return Error(Errc::Refused, "%.60s: %.*s (error %u)", store, size_of(text), text.data(), code)
        .with_errno(is_denial(code) ? EACCES : 0);
}

Error statement_error(const char* store, std::uint32_t code, std::string_view text) noexcept {
    return Error(Errc::StoreError, "%.60s: %.*s (error %u)", store, size_of(text), text.data(),
                 code);
}

}  // namespace sessmirror::store
