// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "pool/host_page.h"
#include "store/session_key.h"

namespace sessmirror::pool {

// Which sessions this host has changed without a store: it was down, or did not acknowledge. What
// is kept is the key and not the data, since the newest version is with the store's peers.
// (Dynamo's hinted handoff, without a payload that could become old.)
//
// A ring in the host page for all stores and prefixes together, so it survives the workers and
// needs no memory that grows. Lock-free; a worker that is killed while it adds leaves an entry that
// cannot be read. Whoever asks is told when entries are missing, for this reason or because the
// ring went round: then the store has to be compared as a whole.
class MissedWrites {
  public:
    using Hash = std::array<char, store::SessionKey::kHashChars>;  // SessionKey::hashed()

    // A part of the ring, by the numbers of its entries; none when `from` is 0.
    struct Span {
        std::uint64_t from = 0;
        std::uint64_t to = 0;
    };
    struct Listing {
        std::vector<Hash> keys;   // each once
        bool is_complete = true;  // false: there were more
        Span span;                // for settle()
    };

    explicit MissedWrites(HostPage& page) noexcept : page_(page) {}

    // Any number of workers at a time. REQUIRES: `slot` is what `name_hash` names: a store's
    // holdings of one key_prefix, with which the key begins.
    void add(HoldingsSlot& slot, std::uint64_t name_hash, const store::SessionKey& key) noexcept;
    // They stay listed until they are settled, so that nothing is forgotten with a worker that is
    // killed while it brings them to the store.
    Listing list(const HoldingsSlot& slot, std::uint64_t name_hash) const;
    // The store has got them. What was added since stays.
    void settle(HoldingsSlot& slot, Span span) noexcept;

  private:
    HostPage& page_;
};

}  // namespace sessmirror::pool
