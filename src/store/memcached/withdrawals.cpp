// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/withdrawals.h"

#include <algorithm>

namespace sessmirror::store {
namespace {

constexpr char kSeparator = '|';
// The longest lease: no ghost outlives its withdrawal.
constexpr std::uint32_t kWithdrawalTtl = 86400;

}  // namespace

ItemName withdrawals_key(const SessionKey& key) noexcept {
    return {key, ".l.w"};
}

std::string withdrawal_content(const Claimant& claimant) {
    return kSeparator + std::string(claimant.owner.view());
}

// Old servers append to an item that exists only, and keep its expiry.
void put_withdrawal(wire::Packet& packet, const SessionKey& key, std::string_view content) {
    const ItemName name = withdrawals_key(key);
    packet.set({.key = name, .mode = wire::SetMode::Append}, as_bytes(content));
    packet.set({.key = name, .mode = wire::SetMode::Add, .ttl_s = kWithdrawalTtl},
               as_bytes(content));
    packet.get({.key = name, .touch_s = kWithdrawalTtl});
}

std::string withdrawal_commands(const Claimant& claimant, wire::Dialect dialect) {
    const std::string content = withdrawal_content(claimant);
    wire::Packet packet(0, dialect);
    put_withdrawal(packet, claimant.key, content);
    std::string out;
    for (const ByteView piece : packet.pieces()) out += as_text(piece);
    return out;
}

bool is_withdrawn(const LockOwner& owner, std::string_view withdrawals) noexcept {
    while (!withdrawals.empty()) {
        withdrawals.remove_prefix(1);  // the separator in front of each
        const std::size_t end = std::min(withdrawals.find(kSeparator), withdrawals.size());
        if (withdrawals.substr(0, end) == owner.view()) return true;
        withdrawals.remove_prefix(end);
    }
    return false;
}

}  // namespace sessmirror::store
