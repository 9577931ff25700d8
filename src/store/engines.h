// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/engine.h"

namespace sessmirror::store {

// All engines, whether this build has their libraries or not.
std::span<const Engine* const> engines() noexcept;

// Of an address that says no more.
const Engine& usual_engine() noexcept;
// Of what keeps sessions in a directory of this host; may be missing in this build.
const Engine& directory_engine() noexcept;
// Upper case or lower; null if there is none.
const Engine* engine_of_scheme(std::string_view scheme) noexcept;
const Engine* engine_of_port(std::uint16_t port) noexcept;
// Of the name of a parameter which tells the engine; null if there is none.
const Engine* engine_told_by(std::string_view parameter) noexcept;
// Null if no engine has such a parameter of its own.
const Parameter* find_parameter(std::string_view name) noexcept;

// "memcached over tcp:// or unix://, redis://, and lmdb://"
std::string all_notations();
// The schemes behind which user and password may stand: "redis://".
std::string password_notations();

// Opens the store that the spec describes; see Engine::open(). REQUIRES: it has an engine
Result<OpenedStore> open_store(const StoreSpec& spec, int index, const OpenContext& context);

}  // namespace sessmirror::store
