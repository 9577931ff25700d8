// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/engine.h"

namespace sessmirror::store {

extern const Engine kMemcachedEngine;

// What it is spoken to by: "meta" commands, the "classic" ones, or "auto", as its version tells.
inline constexpr Parameter kMemcachedProtocol = {.name = "protocol",
                                                 .most = 7,
                                                 .otherwise = "auto",
                                                 .must_be = "auto, meta or classic",
                                                 .accepts = [](std::string_view text) noexcept {
                                                     return text == "auto" || text == "meta" ||
                                                            text == "classic";
                                                 }};

}  // namespace sessmirror::store
