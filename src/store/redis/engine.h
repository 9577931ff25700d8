// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/engine.h"

namespace sessmirror::store {

// Redis is an option of the build (hiredis reads its protocol).
extern const Engine kRedisEngine;

// The number of the database. 0 is the one that every server has.
inline constexpr Parameter kRedisDatabase = {.name = "database",
                                             .type = Parameter::Type::Number,
                                             .least = 0,
                                             .most = 65535,
                                             .otherwise = "0",
                                             .called = "the database",
                                             .must_be = "a number"};

}  // namespace sessmirror::store
