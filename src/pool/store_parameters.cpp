// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_parameters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/text.h"
#include "pool/redis_credentials.h"

namespace sessmirror::pool {
namespace {

constexpr std::uint32_t kMaxTimeoutMs = 3'600'000;
constexpr std::uint32_t kMinSizeMb = 8;
constexpr std::uint32_t kMaxSizeMb = 1u << 20;

enum class Parameter : std::uint8_t {
    Weight,
    Timeout,
    ConnectTimeoutMs,
    IoTimeoutMs,
    ReadTimeout,
    Persistent,
    RetryInterval,
    UdpPort,
    SizeMb,
    Database,
    PersistentId,
    Change,
    kCount,
};
constexpr std::size_t kParameters = static_cast<std::size_t>(Parameter::kCount);
constexpr std::array<std::string_view, kParameters> kNames = {
    "weight",       "timeout",    "connect_timeout_ms", "io_timeout_ms",
    "read_timeout", "persistent", "retry_interval",     "udp_port",
    "size_mb",      "database",   "persistent_id",      "change"};

struct Draft {
    std::array<bool, kParameters> seen{};
    Duration timeout{};
    Duration connect_timeout{};
    Duration io_timeout{};
    RedisAuth auth;

    bool& has(Parameter parameter) noexcept { return seen[static_cast<std::size_t>(parameter)]; }
};

struct Pair {
    std::string name;  // decoded: PHP writes auth%5B%5D for auth[]
    std::string_view value;
};

// Takes the first one off the query.
Pair take_pair(std::string_view& query) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    return {percent_decoded(name).value_or(std::string(name)),
            pair.substr(std::min(equals + 1, pair.size()))};
}

std::optional<Duration> parse_ms(std::string_view text) noexcept {
    const auto value = parse_number(text, 1, kMaxTimeoutMs);
    if (!value) return std::nullopt;
    return milliseconds(*value);
}

// "1", "1.0", ".25"; digits after the ninth decimal would be below a nanosecond.
std::optional<Duration> parse_seconds(std::string_view text) noexcept {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view decimals =
        point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    if ((whole.empty() && decimals.empty()) || decimals.size() > 9) return std::nullopt;
    const auto seconds = whole.empty() ? 0 : parse_number(whole, 0, kMaxTimeoutMs / 1000);
    const auto fraction = decimals.empty() ? 0 : parse_number(decimals, 0, 999'999'999);
    if (!seconds || !fraction) return std::nullopt;
    std::uint64_t ns = *fraction;
    for (std::size_t i = decimals.size(); i < 9; ++i) ns *= 10;
    const Duration value = std::chrono::seconds(*seconds) + Duration(ns);
    if (value < milliseconds(1) || value > milliseconds(kMaxTimeoutMs)) return std::nullopt;
    return value;
}

Status bad_timeout(std::string_view name, const char* unit) noexcept {
    return Error(Errc::BadConfig, "the parameter %s must be a time in %s from 0.001 to 3600 s",
                 Quoted(name).c_str(), unit);
}

Status set_seconds(std::string_view name, std::string_view value, Duration& out) noexcept {
    const auto parsed = parse_seconds(value);
    if (!parsed) return bad_timeout(name, "seconds (decimals after a point)");
    out = *parsed;
    return kOk;
}

Status set_milliseconds(std::string_view name, std::string_view value, Duration& out) noexcept {
    const auto parsed = parse_ms(value);
    if (!parsed) return bad_timeout(name, "milliseconds");
    out = *parsed;
    return kOk;
}

Status set_weight(std::string_view value, store::StoreSpec& spec) noexcept {
    const auto weight = parse_number(value, 1, kMaxWeight);
    if (!weight) return Error(Errc::BadConfig, "the weight must be a number from 1 to 1000");
    spec.weight = *weight;
    return kOk;
}

Status set_size(std::string_view value, store::StoreSpec& spec) noexcept {
    const auto size = parse_number(value, kMinSizeMb, kMaxSizeMb);
    if (!size)
        return Error(Errc::BadConfig,
                     "the parameter \"size_mb\" must be a number of megabytes from %u to %u",
                     kMinSizeMb, kMaxSizeMb);
    spec.size_mb = *size;
    return kOk;
}

Status set_database(std::string_view value, store::StoreSpec& spec) noexcept {
    const auto database = parse_number(value, 0, kMaxDatabase);
    if (!database)
        return Error(Errc::BadConfig, "the database must be a number from 0 to %u", kMaxDatabase);
    spec.database = *database;
    return kOk;
}

Status set_change(std::string_view value, store::StoreSpec& spec) noexcept {
    if (value != "joins" && value != "leaves")
        return Error(Errc::BadConfig, "the parameter \"change\" must be joins or leaves");
    spec.change = value == "joins" ? store::ListChange::Joins : store::ListChange::Leaves;
    return kOk;
}

Status check_without_effect(Parameter parameter, std::string_view value) noexcept {
    switch (parameter) {
        case Parameter::Persistent:
            if (parse_number(value, 0, 1)) return kOk;
            return Error(Errc::BadConfig, "the parameter \"persistent\" must be 0 or 1");
        case Parameter::RetryInterval:
            // memcache means "never" by -1.
            if (value == "-1" || parse_number(value, 0, 0xFFFFFFFFu)) return kOk;
            return Error(Errc::BadConfig, "the parameter \"retry_interval\" must be a number");
        case Parameter::PersistentId:
            return kOk;
        default:
            if (parse_number(value, 0, 0)) return kOk;
            return Error(Errc::BadConfig, "the parameter \"udp_port\" must be 0: UDP is not used");
    }
}

Status apply_one(Parameter parameter, std::string_view value, Draft& draft,
                 store::StoreSpec& spec) noexcept {
    const std::string_view name = kNames[static_cast<std::size_t>(parameter)];
    switch (parameter) {
        case Parameter::Weight:
            return set_weight(value, spec);
        case Parameter::Timeout:
            return set_seconds(name, value, draft.timeout);
        case Parameter::ReadTimeout:
            return set_seconds(name, value, draft.io_timeout);
        case Parameter::ConnectTimeoutMs:
            return set_milliseconds(name, value, draft.connect_timeout);
        case Parameter::IoTimeoutMs:
            return set_milliseconds(name, value, draft.io_timeout);
        case Parameter::SizeMb:
            return set_size(value, spec);
        case Parameter::Database:
            return set_database(value, spec);
        case Parameter::Change:
            return set_change(value, spec);
        default:
            return check_without_effect(parameter, value);
    }
}

bool is_of_engine(Parameter parameter, store::Engine engine) noexcept {
    switch (parameter) {
        case Parameter::SizeMb:
            return engine == store::Engine::Embedded;
        case Parameter::Database:
        case Parameter::PersistentId:
            return engine == store::Engine::Redis;
        case Parameter::UdpPort:
            return engine == store::Engine::Memcached;
        default:
            // Nothing is connected to, and there is nothing to share sessions with.
            return engine != store::Engine::Embedded;
    }
}

Error not_of_engine(std::string_view name) noexcept {
    return {Errc::BadConfig, "%s is not a parameter of this kind of store",
            Quoted(name, 20).c_str()};
}

// What the handler redis accepts besides, and what would mean something else here if it were
// ignored.
Status check_supported(std::string_view name) noexcept {
    const std::string_view base = name.substr(0, name.find('['));
    if (base == "prefix")
        return Error(
            Errc::BadConfig,
            "the parameter \"prefix\" is not supported: sessmirror.key_prefix is the prefix "
            "of all keys");
    if (base == "stream")
        return Error(Errc::BadConfig,
                     "the parameter \"stream\" is not supported: this release has no TLS");
    if (base == "read_only")
        return Error(Errc::BadConfig,
                     "the parameter \"read_only\" is not supported: every store is written to");
    return kOk;
}

Result<Parameter> find_parameter(std::string_view name, bool may_quote, Draft& draft,
                                 store::Engine engine) noexcept {
    if (const Status supported = check_supported(name); !supported) return supported.error();
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) {
        // Behind a password it may be the rest of it, from an '&' on.
        if (!may_quote || draft.auth.is_given())
            return Error(Errc::BadConfig, "one of the parameters is not known");
        return Error(Errc::BadConfig, "the parameter %s is not known", Quoted(name, 20).c_str());
    }
    const auto parameter = static_cast<Parameter>(found - kNames.begin());
    if (!is_of_engine(parameter, engine)) return not_of_engine(name);
    if (draft.has(parameter))
        return Error(Errc::BadConfig, "%s is given twice", Quoted(name, 20).c_str());
    return parameter;
}

Status apply_pair(const Pair& pair, bool may_quote, Draft& draft, store::StoreSpec& spec) {
    if (RedisAuth::is_parameter(pair.name)) {
        if (spec.engine != store::Engine::Redis) return not_of_engine(pair.name);
        return draft.auth.add(pair.name, pair.value);
    }
    const auto parameter = find_parameter(pair.name, may_quote, draft, spec.engine);
    if (!parameter) return parameter.error();
    draft.has(*parameter) = true;
    return apply_one(*parameter, pair.value, draft, spec);
}

}  // namespace

Status apply_parameters(std::string_view query, Given given, bool may_quote,
                        store::StoreSpec& spec) {
    Draft draft;
    draft.has(Parameter::Weight) = given.weight;
    draft.has(Parameter::Database) = given.database;
    while (!query.empty()) {
        const Status applied = apply_pair(take_pair(query), may_quote, draft, spec);
        if (!applied) return applied;
    }
    if (draft.has(Parameter::IoTimeoutMs) && draft.has(Parameter::ReadTimeout))
        return Error(Errc::BadConfig, "io_timeout_ms and read_timeout mean the same: give one");
    spec.connect_timeout =
        draft.has(Parameter::ConnectTimeoutMs) ? draft.connect_timeout : draft.timeout;
    spec.io_timeout = draft.io_timeout != Duration::zero() ? draft.io_timeout : draft.timeout;
    return draft.auth.apply(spec);
}

bool has_redis_parameter(std::string_view query) {
    while (!query.empty()) {
        const Pair pair = take_pair(query);
        if (pair.name == "database" || pair.name == "persistent_id" ||
            RedisAuth::is_parameter(pair.name))
            return true;
    }
    return false;
}

bool is_parameter(std::string_view name) noexcept {
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace sessmirror::pool
