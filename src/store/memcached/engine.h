// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/engine.h"

namespace sessmirror::store {

extern const Engine kMemcachedEngine;

}  // namespace sessmirror::store
