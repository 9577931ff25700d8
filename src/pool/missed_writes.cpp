// SPDX-License-Identifier: BSD-3-Clause
#include "pool/missed_writes.h"

#include <algorithm>
#include <cstring>

namespace sessmirror::pool {
namespace {

using Words = std::array<std::uint64_t, 4>;
static_assert(sizeof(Words) == store::SessionKey::kHashChars);

// The hash in `entry` if it is the one that was added as number `sequence`, for this store.
enum class Found : std::uint8_t { Yes, OtherStores, Unreadable };
Found read(const MissedWrite& entry, std::uint64_t sequence, std::uint64_t store_name_hash,
           MissedWrites::Hash& out) noexcept {
    if (entry.sequence.load() != sequence) return Found::Unreadable;
    const std::uint64_t store = entry.store_name_hash.load();
    Words words{};
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = entry.key[i].load();
    // Overwritten while it was read?
    if (entry.sequence.load() != sequence) return Found::Unreadable;
    std::memcpy(out.data(), words.data(), sizeof words);
    return store == store_name_hash ? Found::Yes : Found::OtherStores;
}

}  // namespace

void MissedWrites::add(StoreSlot& slot, std::uint64_t store_name_hash,
                       const store::SessionKey& key) noexcept {
    Words words{};
    std::memcpy(words.data(), key.hashed().data(), sizeof words);
    const std::uint64_t number = page_.missed_count.fetch_add(1) + 1;
    MissedWrite& entry = page_.missed[number % page_.missed.size()];
    entry.sequence.store(0);
    entry.store_name_hash.store(store_name_hash);
    for (std::size_t i = 0; i < words.size(); ++i) entry.key[i].store(words[i]);
    entry.sequence.store(number);
    std::uint64_t none = 0;
    slot.missed_since.compare_exchange_strong(none, number);
}

MissedWrites::Taken MissedWrites::take(StoreSlot& slot, std::uint64_t store_name_hash) {
    Taken taken;
    taken.since = slot.missed_since.exchange(0);
    if (taken.since == 0) return taken;
    const std::uint64_t last = page_.missed_count.load();
    taken.is_complete = last - taken.since < page_.missed.size();
    for (std::uint64_t number = taken.since; taken.is_complete && number <= last; ++number) {
        Hash hash{};
        const Found found =
            read(page_.missed[number % page_.missed.size()], number, store_name_hash, hash);
        if (found == Found::Yes) taken.keys.push_back(hash);
        taken.is_complete = found != Found::Unreadable;
    }
    std::sort(taken.keys.begin(), taken.keys.end());
    taken.keys.erase(std::unique(taken.keys.begin(), taken.keys.end()), taken.keys.end());
    return taken;
}

void MissedWrites::put_back(StoreSlot& slot, std::uint64_t since) noexcept {
    std::uint64_t present = slot.missed_since.load();
    while (since != 0 && (present == 0 || since < present))
        if (slot.missed_since.compare_exchange_weak(present, since)) return;
}

}  // namespace sessmirror::pool
