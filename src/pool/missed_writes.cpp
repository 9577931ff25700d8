// SPDX-License-Identifier: BSD-3-Clause
#include "pool/missed_writes.h"

#include <algorithm>
#include <cstring>

namespace sessmirror::pool {
namespace {

using Words = std::array<std::uint64_t, 4>;
static_assert(sizeof(Words) == store::SessionKey::kHashChars);

// The hash in `entry` if it is the one that was added as number `sequence`, for these holdings.
enum class Found : std::uint8_t { Yes, Others, Unreadable };
Found read(const MissedWrite& entry, std::uint64_t sequence, std::uint64_t holdings,
           MissedWrites::Hash& out) noexcept {
    if (entry.sequence.load() != sequence) return Found::Unreadable;
    const std::uint64_t found = entry.holdings.load();
    Words words{};
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = entry.key[i].load();
    // Overwritten while it was read?
    if (entry.sequence.load() != sequence) return Found::Unreadable;
    std::memcpy(out.data(), words.data(), sizeof words);
    if (!store::SessionKey::from_text({out.data(), out.size()})) return Found::Unreadable;
    return found == holdings ? Found::Yes : Found::Others;
}

}  // namespace

void MissedWrites::add(HoldingsSlot& slot, std::uint64_t holdings,
                       const store::SessionKey& key) noexcept {
    Words words{};
    std::memcpy(words.data(), key.hashed().data(), sizeof words);
    std::uint64_t number = 0;
    while (number == 0) number = page_.missed_count.fetch_add(1) + 1;
    MissedWrite& entry = page_.missed[number % page_.missed.size()];
    entry.sequence.store(0);
    entry.holdings.store(holdings);
    for (std::size_t i = 0; i < words.size(); ++i) entry.key[i].store(words[i]);
    entry.sequence.store(number);
    std::uint64_t none = 0;
    slot.missed_since.compare_exchange_strong(none, number);
}

MissedWrites::Listing MissedWrites::list(const HoldingsSlot& slot, std::uint64_t holdings) const {
    Listing listing;
    listing.span = {slot.missed_since.load(), page_.missed_count.load()};
    if (listing.span.from == 0) return listing;
    const auto [from, to] = listing.span;
    listing.is_complete = from <= to && to - from < page_.missed.size();
    for (std::uint64_t i = 0; listing.is_complete && i <= to - from; ++i) {
        const std::uint64_t number = from + i;
        Hash hash{};
        const Found found =
            read(page_.missed[number % page_.missed.size()], number, holdings, hash);
        if (found == Found::Yes) listing.keys.push_back(hash);
        listing.is_complete = found != Found::Unreadable;
    }
    std::sort(listing.keys.begin(), listing.keys.end());
    listing.keys.erase(std::unique(listing.keys.begin(), listing.keys.end()), listing.keys.end());
    return listing;
}

// Whoever adds while the mark stands leaves it as it is. So it is moved behind the span if somebody
// did, and, as this may happen just before it is taken away, looked after once more.
void MissedWrites::settle(HoldingsSlot& slot, Span span) noexcept {
    if (span.from == 0) return;
    const auto has_more = [&] { return page_.missed_count.load() != span.to; };
    std::uint64_t mark = span.from;
    const std::uint64_t next = has_more() ? span.to + 1 : 0;
    if (!slot.missed_since.compare_exchange_strong(mark, next)) return;
    std::uint64_t none = 0;
    if (next == 0 && has_more()) slot.missed_since.compare_exchange_strong(none, span.to + 1);
}

}  // namespace sessmirror::pool
