// SPDX-License-Identifier: BSD-3-Clause
#include "store/mysql/engine.h"

#include <algorithm>
#include <array>

#include "store/credentials.h"
#include "store/mysql/target.h"

#ifdef SESSMIRROR_WITH_MYSQL
#include "store/mysql/client.h"
#include "store/mysql/inventory.h"
#include "store/mysql/store.h"
#endif

namespace sessmirror::store {
namespace {

constexpr std::array<std::string_view, 2> kSchemes = {"mysql", "mariadb"};
constexpr std::uint16_t kPort = 3306;

// Of those that a server takes, the ones that can stand in an address as they are.
bool is_identifier(std::string_view name) noexcept {
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '$';
    });
}

constexpr char kIdentifier[] = "1 to 64 letters, digits, '_', '-' and '$'";
constexpr Parameter kDatabase = {.name = "database",
                                 .least = 1,
                                 .most = 64,
                                 .called = "the database of a MariaDB",
                                 .must_be = kIdentifier,
                                 .accepts = is_identifier};
constexpr Parameter kTable = {.name = "table",
                              .least = 1,
                              .most = 64,
                              .otherwise = kMysqlTable,
                              .must_be = kIdentifier,
                              .accepts = is_identifier};
constexpr Parameter kCreate = {.name = "create",
                               .type = Parameter::Type::Number,
                               .least = 0,
                               .most = 1,
                               .otherwise = "0",
                               .must_be = "a number"};
constexpr std::array kParameters = {kDatabase, kTable, kCreate};

// The first is create_statement() of the usual table.
constexpr std::array kRemedies = {
    Remedy{"cannot use the table",
           "Make it in that database, under the name that your list of stores gives it: "
           "CREATE TABLE `sessions` (k VARBINARY(96) NOT NULL PRIMARY KEY, cas BIGINT UNSIGNED NOT "
           "NULL DEFAULT 0, value LONGBLOB, hint VARBINARY(256) NOT NULL DEFAULT '', hint_until "
           "INT UNSIGNED NOT NULL DEFAULT 0, expires_at INT UNSIGNED NOT NULL DEFAULT 0, "
           "lock_owner VARBINARY(64) NOT NULL DEFAULT '', lock_until INT UNSIGNED NOT NULL DEFAULT "
           "0, gone_at INT UNSIGNED NOT NULL DEFAULT 0, KEY (gone_at)) ENGINE=InnoDB"},
    Remedy{"command denied to user",
           "Grant that user SELECT, INSERT, UPDATE and DELETE on the table."},
    Remedy{"Access denied for user",
           "Correct the user, the password or the database in the list of stores, or grant that "
           "user SELECT, INSERT, UPDATE and DELETE on the table."},
    Remedy{"Unknown database", "Correct the database in the list of stores, or make it."},
    Remedy{"oo many connections",
           "Raise max_connections of that server: every worker of PHP keeps one connection."},
    Remedy{"max_user_connections",
           "Raise max_user_connections of that user: every worker of PHP keeps one connection."},
    Remedy{"read-only", "List the server that takes changes in place of its replica."},
    Remedy{"READ ONLY", "List the server that takes changes in place of its replica."},
    Remedy{"WSREP has not yet prepared",
           "Check that this node of the cluster has a majority of the others in reach."},
};

//     [ user [ ":" password ] "@" ] host [ ":" port [ ":" weight ]] [ "/" [ database ]]
//   | [ user [ ":" password ] "@" ] /path [ ":0" [ ":" weight ]]
Result<Given> parse_mysql(std::string_view text, StoreSpec& spec) {
    const auto rest = take_userinfo(text, spec, PasswordIs::Optional);
    if (!rest) return rest.error();
    if (rest->starts_with('/')) return parse_socket_address(*rest, spec);
    const std::size_t slash = std::min(rest->find('/'), rest->size());
    const std::string_view database = rest->substr(std::min(slash + 1, rest->size()));
    const auto given = parse_tcp_address(rest->substr(0, slash), kPort, spec);
    if (!given || database.empty()) return given;
    if (const Status set = spec.own.set(kDatabase, database); !set) return set.error();
    return given;
}

Status check_mysql(const StoreSpec& spec) {
    if (!spec.own.has(kDatabase))
        return Error(Errc::BadConfig,
                     "the database of a MariaDB is missing: mysql://user:password@host/database");
    return kOk;
}

std::string name_mysql(const StoreSpec& spec) {
    std::string out = std::string(kSchemes.front()) + "://" + address_text(spec);
    const bool is_unix = spec.transport == Transport::Unix;
    out += (is_unix ? "?database=" : "/") + std::string(spec.own.text(kDatabase));
    const std::string_view table = spec.own.text(kTable);
    if (table != kMysqlTable) out += (is_unix ? "&table=" : "?table=") + std::string(table);
    return out;
}

#ifdef SESSMIRROR_WITH_MYSQL

constexpr const char* kMissing = nullptr;

const char* library() noexcept {
    return mysql_client_version();
}

MysqlTarget target_of(const StoreSpec& spec) {
    MysqlTarget out;
    out.endpoint = {spec.transport == Transport::Unix, spec.host, spec.port, spec.name()};
    out.user = spec.user;
    out.password = spec.password;
    out.database = spec.own.text(kDatabase);
    out.table = spec.own.text(kTable);
    out.creates_table = spec.own.number(kCreate) == 1;
    return out;
}

Result<OpenedStore> open_mysql(const StoreSpec& spec, int index, const OpenContext& context) {
    const MysqlTarget target = target_of(spec);
    RemoteDefaults own = context.defaults;
    if (spec.connect_timeout != Duration::zero()) own.connect_timeout = spec.connect_timeout;
    if (spec.io_timeout != Duration::zero()) own.io_timeout = spec.io_timeout;
    return OpenedStore{make_mysql_store(target, index, context.loop, context.resolver, own),
                       std::make_unique<MysqlInventory>(target, context.loop, context.resolver)};
}

#else

constexpr const char* kMissing =
    "this build has no MariaDB store (install libmariadb-dev and build again)";

constexpr const char* (*library)() noexcept = nullptr;
constexpr auto open_mysql = nullptr;

#endif  // SESSMIRROR_WITH_MYSQL

}  // namespace

constinit const Engine kMysqlEngine = {
    .name = "MariaDB",
    .schemes = kSchemes,
    .notation = "mysql://",
    .default_port = kPort,
    .parameters = kParameters,
    .parse_target = parse_mysql,
    .check = check_mysql,
    .name_of = name_mysql,
    .holds_password = true,
    .library = {"MariaDB Connector/C", library},
    .missing = kMissing,
    .open = open_mysql,
    .remedies = kRemedies,
};

}  // namespace sessmirror::store
