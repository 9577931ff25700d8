// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

#include "store/item_name.h"
#include "store/session_key.h"
#include "store/store.h"

namespace sessmirror::wire {
class Packet;
}

namespace sessmirror::store {

// A session's lock as memcached holds it (Redis has the first item alone): the item `<key>.l` whose
// content is the owner's name, and the item `<key>.l.w` whose content is `[|<withdrawn owner>]+`.
// Specified in docs/format.md.
//
// Why withdrawals: a claim that timed out cannot be taken back, it may take effect when the store
// comes back to life. So whoever gives up adds its owner name to the withdrawn ones, and a lock
// whose owner is among them is a ghost that anybody may delete (by CAS). They are an item of their
// own so that the CAS of a lock stays what its owner was told.
ItemName lock_key(const SessionKey& key) noexcept;
ItemName withdrawals_key(const SessionKey& key) noexcept;
// A claim that may have to be withdrawn.
struct Claimant {
    SessionKey key;
    LockOwner owner;
};
// What withdraws it: the content of the item, and the commands that put it there. Nobody reads
// their answers.
std::string withdrawal_content(const Claimant& claimant);
void put_withdrawal(wire::Packet& packet, const SessionKey& key, std::string_view content);
std::string withdrawal_commands(const Claimant& claimant);
// Accepts any input; an owner that does not fit LockOwner reads as an empty one.
LockOwner read_lock_item(std::string_view content) noexcept;
bool is_withdrawn(const LockOwner& owner, std::string_view withdrawals) noexcept;

}  // namespace sessmirror::store
