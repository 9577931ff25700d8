// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

#include "store/session_key.h"
#include "store/store.h"

namespace sessmirror::store {

// A session's lock as memcached holds it: the item `<key>.l` whose content is
// `<owner>[|<withdrawn owner>]*`. Specified in docs/format.md.
//
// Why withdrawals: a claim that timed out cannot be taken back, it may take effect when the store
// comes back to life. So whoever gives up appends its owner name to whatever the item then holds,
// and an item whose owner is among the withdrawn ones is a ghost that anybody may delete (by CAS).
struct LockItem {
    LockOwner owner;
    bool is_ghost = false;
};

std::string lock_key(const SessionKey& key);
// The command that withdraws `owner`, with its data. Nobody reads its answer.
std::string withdrawal_command(const SessionKey& key, const LockOwner& owner);
// Accepts any input; an owner that does not fit LockOwner reads as an empty one.
LockItem read_lock_item(std::string_view content) noexcept;

}  // namespace sessmirror::store
