// SPDX-License-Identifier: BSD-3-Clause
#include "store/lock_item.h"

#include <algorithm>

#include "wire/packet.h"

namespace sessmirror::store {
namespace {

constexpr char kSeparator = '|';

std::string_view take_owner(std::string_view& rest) noexcept {
    const std::size_t end = rest.find(kSeparator);
    const std::string_view owner = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return owner;
}

bool is_owner_char(char c) noexcept {
    return c > ' ' && c <= '~';
}

}  // namespace

std::string lock_key(const SessionKey& key) {
    return std::string(key.text()) + ".l";
}

std::string withdrawal_command(const SessionKey& key, const LockOwner& owner) {
    const std::string name = lock_key(key);
    const std::string content = kSeparator + std::string(owner.view());
    wire::Packet packet(0);
    packet.set({.key = name, .mode = wire::SetMode::Append}, as_bytes(content));
    std::string out;
    for (const ByteView piece : packet.pieces()) out += as_text(piece);
    return out;
}

LockItem read_lock_item(std::string_view content) noexcept {
    LockItem item;
    const std::string_view owner = take_owner(content);
    if (owner.size() < kMaxOwner && std::all_of(owner.begin(), owner.end(), is_owner_char))
        std::copy(owner.begin(), owner.end(), item.owner.text);
    while (!content.empty())
        if (take_owner(content) == owner) item.is_ghost = true;
    return item;
}

}  // namespace sessmirror::store
