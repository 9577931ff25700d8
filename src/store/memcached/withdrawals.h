// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

#include "store/lock_item.h"
#include "wire/packet.h"

namespace sessmirror::store {

// Beside a lock that memcached holds, the item `<key>.l.w`, whose content is
// `[|<withdrawn owner>]+`. Specified in docs/format.md.
//
// A claim that timed out cannot be taken back, it may take effect when the store comes back to
// life. So whoever gives up adds its owner name to the withdrawn ones, and a lock whose owner is
// among them is a ghost that anybody may delete (by CAS). They are an item of their own so that the
// CAS of a lock stays what its owner was told.
ItemName withdrawals_key(const SessionKey& key) noexcept;
// What withdraws a claim: the content of the item, and the commands that put it there. Nobody reads
// their answers.
std::string withdrawal_content(const Claimant& claimant);
void put_withdrawal(wire::Packet& packet, const SessionKey& key, std::string_view content);
std::string withdrawal_commands(const Claimant& claimant,
                                wire::Dialect dialect = wire::Dialect::Meta);
// Accepts any input.
bool is_withdrawn(const LockOwner& owner, std::string_view withdrawals) noexcept;

}  // namespace sessmirror::store
