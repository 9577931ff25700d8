// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "record/version.h"
#include "store/store.h"

namespace sessmirror::store {

// The CAS that a version gets from engines that let the client choose: never 0, because the nonce
// is not.
constexpr Cas cas_of(record::Version version) noexcept {
    return Cas{version.generation} << 32 | version.nonce;
}

}  // namespace sessmirror::store
