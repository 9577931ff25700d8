// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_parameters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "store/credentials.h"
#include "store/engines.h"

namespace sessmirror::pool {
namespace {

constexpr std::uint32_t kMaxTimeoutMs = 3'600'000;

// What every store behind a connection has.
enum class Common : std::uint8_t {
    Weight,
    Timeout,
    ConnectTimeoutMs,
    IoTimeoutMs,
    ReadTimeout,
    Persistent,
    RetryInterval,
    Change,
    kCount,
};
constexpr std::size_t kParameters = static_cast<std::size_t>(Common::kCount);
constexpr std::array<std::string_view, kParameters> kNames = {
    "weight",       "timeout",    "connect_timeout_ms", "io_timeout_ms",
    "read_timeout", "persistent", "retry_interval",     "change"};

struct Draft {
    std::array<bool, kParameters> seen{};
    Duration timeout{};
    Duration connect_timeout{};
    Duration io_timeout{};
    store::AuthParameters auth;

    bool& has(Common parameter) noexcept { return seen[static_cast<std::size_t>(parameter)]; }
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
    const auto weight = parse_number(value, 1, store::kMaxWeight);
    if (!weight) return Error(Errc::BadConfig, "the weight must be a number from 1 to 1000");
    spec.weight = *weight;
    return kOk;
}

Status set_change(std::string_view value, store::StoreSpec& spec) noexcept {
    if (value != "joins" && value != "leaves")
        return Error(Errc::BadConfig, "the parameter \"change\" must be joins or leaves");
    spec.change = value == "joins" ? store::ListChange::Joins : store::ListChange::Leaves;
    return kOk;
}

Status check_without_effect(Common parameter, std::string_view value) noexcept {
    if (parameter == Common::Persistent) {
        if (parse_number(value, 0, 1)) return kOk;
        return Error(Errc::BadConfig, "the parameter \"persistent\" must be 0 or 1");
    }
    // memcache means "never" by -1.
    if (value == "-1" || parse_number(value, 0, 0xFFFFFFFFu)) return kOk;
    return Error(Errc::BadConfig, "the parameter \"retry_interval\" must be a number");
}

Status apply_common(Common parameter, std::string_view value, Draft& draft,
                    store::StoreSpec& spec) noexcept {
    const std::string_view name = kNames[static_cast<std::size_t>(parameter)];
    switch (parameter) {
        case Common::Weight:
            return set_weight(value, spec);
        case Common::Timeout:
            return set_seconds(name, value, draft.timeout);
        case Common::ReadTimeout:
            return set_seconds(name, value, draft.io_timeout);
        case Common::ConnectTimeoutMs:
            return set_milliseconds(name, value, draft.connect_timeout);
        case Common::IoTimeoutMs:
            return set_milliseconds(name, value, draft.io_timeout);
        case Common::Change:
            return set_change(value, spec);
        default:
            return check_without_effect(parameter, value);
    }
}

std::optional<Common> find_common(std::string_view name) noexcept {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Common>(found - kNames.begin());
}

const store::Parameter* find_own(const store::Engine& engine, std::string_view name) noexcept {
    const auto found = std::ranges::find(engine.parameters, name, &store::Parameter::name);
    return found == engine.parameters.end() ? nullptr : &*found;
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

Error given_twice(std::string_view name) noexcept {
    return {Errc::BadConfig, "%s is given twice", Quoted(name, 20).c_str()};
}

// Behind a password it may be the rest of it, from an '&' on.
Error not_known(std::string_view name, bool may_quote, const Draft& draft) noexcept {
    if (!may_quote || draft.auth.is_given())
        return {Errc::BadConfig, "one of the parameters is not known"};
    return {Errc::BadConfig, "the parameter %s is not known", Quoted(name, 20).c_str()};
}

Status apply_pair(const Pair& pair, bool may_quote, Draft& draft, store::StoreSpec& spec) {
    if (store::AuthParameters::is_parameter(pair.name)) {
        if (!spec.engine->holds_password) return not_of_engine(pair.name);
        return draft.auth.add(pair.name, pair.value);
    }
    if (const Status supported = check_supported(pair.name); !supported) return supported;
    if (const store::Parameter* const own = find_own(*spec.engine, pair.name)) {
        if (spec.own.has(*own)) return given_twice(pair.name);
        return spec.own.set(*own, pair.value);
    }
    const auto common = find_common(pair.name);
    if (!common && store::find_parameter(pair.name) == nullptr)
        return not_known(pair.name, may_quote, draft);
    // Of a directory: nothing is connected to, and there is nothing to share sessions with.
    if (!common || spec.engine->is_local) return not_of_engine(pair.name);
    if (std::exchange(draft.has(*common), true)) return given_twice(pair.name);
    return apply_common(*common, pair.value, draft, spec);
}

}  // namespace

Status apply_parameters(std::string_view query, store::Given given, bool may_quote,
                        store::StoreSpec& spec) {
    Draft draft;
    draft.has(Common::Weight) = given.weight;
    while (!query.empty()) {
        const Status applied = apply_pair(take_pair(query), may_quote, draft, spec);
        if (!applied) return applied;
    }
    if (draft.has(Common::IoTimeoutMs) && draft.has(Common::ReadTimeout))
        return Error(Errc::BadConfig, "io_timeout_ms and read_timeout mean the same: give one");
    spec.connect_timeout =
        draft.has(Common::ConnectTimeoutMs) ? draft.connect_timeout : draft.timeout;
    spec.io_timeout = draft.io_timeout != Duration::zero() ? draft.io_timeout : draft.timeout;
    return draft.auth.apply(spec);
}

const store::Engine* engine_told_in(std::string_view query) {
    while (!query.empty())
        if (const store::Engine* const engine = store::engine_told_by(take_pair(query).name))
            return engine;
    return nullptr;
}

bool is_parameter(std::string_view name) noexcept {
    return find_common(name) || store::find_parameter(name) != nullptr;
}

}  // namespace sessmirror::pool
