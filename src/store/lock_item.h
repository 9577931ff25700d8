// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "store/item_name.h"
#include "store/session_key.h"
#include "store/store.h"

namespace sessmirror::store {

// A session's lock as a store behind a connection holds it: the item `<key>.l`, whose content is
// the owner's name. Specified in docs/format.md.
ItemName lock_key(const SessionKey& key) noexcept;

// A claim that may have to be withdrawn: one that timed out may take effect later, when the store
// comes back to life.
struct Claimant {
    SessionKey key;
    LockOwner owner;
};

// Accepts any input; an owner that does not fit LockOwner reads as an empty one.
LockOwner read_lock_item(std::string_view content) noexcept;

}  // namespace sessmirror::store
