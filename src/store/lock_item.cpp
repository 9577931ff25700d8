// SPDX-License-Identifier: BSD-3-Clause
#include "store/lock_item.h"

#include <algorithm>

namespace sessmirror::store {
namespace {

// The bar separates owners where several are listed.
bool is_owner_char(char c) noexcept {
    return c > ' ' && c <= '~' && c != '|';
}

}  // namespace

ItemName lock_key(const SessionKey& key) noexcept {
    return {key, ".l"};
}

LockOwner read_lock_item(std::string_view content) noexcept {
    LockOwner owner;
    if (content.size() < kMaxOwner && std::all_of(content.begin(), content.end(), is_owner_char))
        std::copy(content.begin(), content.end(), owner.text);
    return owner;
}

}  // namespace sessmirror::store
