// SPDX-License-Identifier: BSD-3-Clause
#include "store/engines.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "store/embedded/engine.h"
#include "store/memcached/engine.h"
#include "store/mysql/engine.h"
#include "store/redis/engine.h"

namespace sessmirror::store {
namespace {

constexpr std::array kEngines = {
    &kMemcachedEngine,
    &kRedisEngine,
    &kMysqlEngine,
    &kEmbeddedEngine,
};

template <class Wanted>
const Engine* first_engine(Wanted is_wanted) noexcept {
    const auto found = std::ranges::find_if(kEngines, is_wanted);
    return found == kEngines.end() ? nullptr : *found;
}

}  // namespace

std::span<const Engine* const> engines() noexcept {
    return kEngines;
}

const Engine& usual_engine() noexcept {
    return kMemcachedEngine;
}

const Engine& directory_engine() noexcept {
    return *first_engine([](const Engine* engine) { return engine->is_local; });
}

const Engine* engine_of_scheme(std::string_view scheme) noexcept {
    return first_engine([scheme](const Engine* engine) {
        return std::ranges::any_of(engine->schemes, [scheme](std::string_view own) {
            return equals_ignoring_case(own, scheme);
        });
    });
}

const Engine* engine_of_port(std::uint16_t port) noexcept {
    return first_engine(
        [port](const Engine* engine) { return port != 0 && engine->default_port == port; });
}

const Engine* engine_told_by(std::string_view parameter) noexcept {
    return first_engine([parameter](const Engine* engine) {
        return std::ranges::find(engine->telling_parameters, parameter) !=
               engine->telling_parameters.end();
    });
}

const Parameter* find_parameter(std::string_view name) noexcept {
    for (const Engine* const engine : kEngines)
        for (const Parameter& parameter : engine->parameters)
            if (parameter.name == name) return &parameter;
    return nullptr;
}

std::string all_notations() {
    std::string out;
    for (const Engine* const engine : kEngines) {
        const bool is_last = engine == kEngines.back();
        out += std::string(out.empty() ? "" : is_last ? ", and " : ", ") + engine->notation;
    }
    return out;
}

std::string password_notations() {
    std::string out;
    for (const Engine* const engine : kEngines)
        if (engine->holds_password)
            out.append(out.empty() ? "" : ", ").append(engine->schemes.front()).append("://");
    return out;
}

Result<OpenedStore> open_store(const StoreSpec& spec, int index, const OpenContext& context) {
    if (spec.engine->missing != nullptr)
        return Error(Errc::BadConfig, "%.100s: %s", spec.name().c_str(), spec.engine->missing);
    return spec.engine->open(spec, index, context);
}

}  // namespace sessmirror::store
