// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "store/item_name.h"

namespace sessmirror::store {

// What stands beside a session in Redis. The braces are Redis' hash tag: a cluster puts keys whose
// tags are equal into one slot, and takes a key without braces for its own tag. So a session and
// what belongs to it are always in one slot, and one script may use them all.
inline ItemName redis_hint_key(const SessionKey& key) noexcept {
    ItemName name("{", key);
    name.append("}.c");
    return name;
}

}  // namespace sessmirror::store
