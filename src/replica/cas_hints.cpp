// SPDX-License-Identifier: BSD-3-Clause
#include "replica/cas_hints.h"

#include <algorithm>

namespace sessmirror::replica {

CasHints CasHints::decode(ByteView text) noexcept {
    CasHints out;
    if (text.size() < kHead || (text.size() - kHead) % kEntry != 0) return out;
    out.about_ = {get_be<std::uint32_t>(text.data()), get_be<std::uint32_t>(text.data() + 4)};
    for (std::size_t at = kHead; at < text.size(); at += kEntry)
        out.add(get_be<std::uint64_t>(text.data() + at),
                get_be<std::uint64_t>(text.data() + at + 8));
    return out;
}

void CasHints::add(std::uint64_t store, store::Cas cas) noexcept {
    if (cas != 0 && size_ < kMax) entries_[size_++] = {store, cas};
}

store::Cas CasHints::find(record::Version version, std::uint64_t store) const noexcept {
    if (version.is_none() || version != about_) return 0;
    const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(size_);
    const auto entry = std::find_if(entries_.begin(), end,
                                    [store](const Entry& each) { return each.store == store; });
    return entry == end ? 0 : entry->cas;
}

CasHints::Text CasHints::encode() const noexcept {
    Text text;
    if (size_ == 0) return text;
    text.size_ = kHead + size_ * kEntry;
    std::byte* at = text.bytes_.data();
    put_be(at, about_.generation);
    put_be(at + 4, about_.nonce);
    at += kHead;
    for (std::size_t i = 0; i < size_; ++i, at += kEntry) {
        put_be(at, entries_[i].store);
        put_be(at + 8, entries_[i].cas);
    }
    return text;
}

std::uint64_t token_source(pool::Pool& pool, int store) noexcept {
    constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15u;
    return pool.name_hash(store) + kSpread * pool.health(store).life();
}

bool needs_hints(pool::Pool& pool, const ReplicaSet& set, int known, int also_known) noexcept {
    constexpr record::Version kAny{1, 1};
    return std::ranges::any_of(set.members(), [&](int store) {
        return store != known && store != also_known && pool.store(store).predicted_cas(kAny) == 0;
    });
}

}  // namespace sessmirror::replica
