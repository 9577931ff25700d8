// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/engine.h"

namespace sessmirror::store {

// Files in a directory of this host, for one web server. An option of the build (LMDB).
//
// Opens the store of this user in the directory that the spec names, and makes its files if there
// are none. Errc::BadConfig where they cannot be used, Errc::StoreError where the disk is full; see
// store.h.
extern const Engine kEmbeddedEngine;

// What all sessions may take together, in megabytes.
inline constexpr Parameter kEmbeddedSize = {.name = "size_mb",
                                            .type = Parameter::Type::Number,
                                            .least = 8,
                                            .most = 1u << 20,
                                            .otherwise = "1024",
                                            .must_be = "a number of megabytes"};

}  // namespace sessmirror::store
