// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/engine.h"

#include <algorithm>
#include <array>

#include "store/credentials.h"

#ifdef SESSMIRROR_WITH_REDIS
#include "store/redis/inventory.h"
#include "store/redis/store.h"
#include "wire/resp_parser.h"
#endif

namespace sessmirror::store {
namespace {

constexpr std::array<std::string_view, 2> kSchemes = {"redis", "valkey"};
constexpr std::uint16_t kPort = 6379;

constexpr std::array kParameters = {
    kRedisDatabase, Parameter{.name = "persistent_id", .type = Parameter::Type::Ignored}};
// No handler but redis has them.
constexpr std::array<std::string_view, 8> kTelling = {"database",   "persistent_id", "auth",
                                                      "auth[]",     "auth[0]",       "auth[1]",
                                                      "auth[user]", "auth[pass]"};

constexpr std::array kRemedies = {
    Remedy{"WRONGPASS", "Correct the user or the password in the list of stores."},
    Remedy{"invalid password", "Correct the user or the password in the list of stores."},
    Remedy{"NOAUTH", "Give the password in the list of stores: redis://:password@host."},
    Remedy{"NOPERM", "Give that user of the Redis the commands and keys that sessions need."},
    Remedy{"DB index", "Correct the number of the database in the list of stores."},
    Remedy{"READONLY", "List the primary in place of its replica."},
    Remedy{"OOM command not allowed", "Give that Redis more memory (maxmemory)."},
    Remedy{"unknown command",
           "Let that Redis run scripts: EVAL, EVALSHA and SCRIPT must not be "
           "renamed or forbidden."},
};

//     [ user ] host [ ":" port [ ":" weight ]] [ "/" [ database ]]  |  [ user ] /path [ ":0" [ ":"
//     weight ]]
Result<Given> parse_redis(std::string_view text, StoreSpec& spec) {
    const auto rest = take_userinfo(text, spec);
    if (!rest) return rest.error();
    const std::size_t slash = std::min(rest->find('/'), rest->size());
    const std::string_view host = rest->substr(0, slash);
    const std::string_view path = rest->substr(slash);
    const std::string_view database = path.substr(std::min<std::size_t>(1, path.size()));
    if (host.empty() && !is_digits(database)) return parse_socket_address(path, spec);
    const auto given = parse_tcp_address(host, kPort, spec);
    if (!given || database.empty()) return given;
    if (!spec.own.set(kRedisDatabase, database))
        return Error(Errc::BadConfig,
                     "behind host and port only the number of a database from 0 to %u may follow",
                     kRedisDatabase.most);
    return given;
}

// The path of a socket could not be told from a database: redis:///2.
Status check_redis(const StoreSpec& spec) {
    if (spec.transport == Transport::Unix && is_digits(std::string_view(spec.host).substr(1)))
        return Error(Errc::BadConfig, "the path of Redis' UNIX socket must not be a number alone");
    return kOk;
}

std::string name_redis(const StoreSpec& spec) {
    std::string out = std::string(kSchemes.front()) + "://" + address_text(spec);
    if (const std::uint32_t database = spec.own.number(kRedisDatabase); database != 0)
        out += (spec.transport == Transport::Unix ? "?database=" : "/") + std::to_string(database);
    return out;
}

#ifdef SESSMIRROR_WITH_REDIS

constexpr const char* kMissing = nullptr;

const char* library() noexcept {
    return wire::RespParser::library_version();
}

Result<OpenedStore> open_redis(const StoreSpec& spec, int index, const OpenContext& context) {
    return OpenedStore{
        make_redis_store(spec, index, context.loop, context.resolver, context.defaults),
        std::make_unique<RedisInventory>(spec, context.loop, context.resolver)};
}

#else

constexpr const char* kMissing =
    "this build has no Redis store (install libhiredis-dev and build again)";

constexpr const char* (*library)() noexcept = nullptr;
constexpr auto open_redis = nullptr;

#endif  // SESSMIRROR_WITH_REDIS

}  // namespace

constinit const Engine kRedisEngine = {
    .name = "Redis",
    .schemes = kSchemes,
    .notation = "redis://",
    .default_port = kPort,
    .telling_parameters = kTelling,
    .parameters = kParameters,
    .parse_target = parse_redis,
    .check = check_redis,
    .name_of = name_redis,
    .holds_password = true,
    .library = {"hiredis", library},
    .missing = kMissing,
    .open = open_redis,
    .remedies = kRemedies,
};

}  // namespace sessmirror::store
