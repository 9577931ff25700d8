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
// A ring in the host page for all stores together, so it survives the workers and needs no memory
// that grows. Lock-free; a worker that is killed while it adds leaves an entry that cannot be read.
// Whoever takes is told when entries are missing, for this reason or because the ring went round:
// then the store has to be compared as a whole.
class MissedWrites {
  public:
    using Hash = std::array<char, store::SessionKey::kHashChars>;  // SessionKey::hashed()

    struct Taken {
        std::vector<Hash> keys;   // each once
        bool is_complete = true;  // false: there were more
        std::uint64_t since = 0;  // for put_back(); 0: none were missed
    };

    explicit MissedWrites(HostPage& page) noexcept : page_(page) {}

    // Any number of workers at a time. REQUIRES: `slot` is that of the store.
    void add(StoreSlot& slot, std::uint64_t store_name_hash, const store::SessionKey& key) noexcept;
    // One worker at a time for one store; what others add meanwhile is left for the next time.
    Taken take(StoreSlot& slot, std::uint64_t store_name_hash);
    // The store could not be brought up to date after all.
    static void put_back(StoreSlot& slot, std::uint64_t since) noexcept;

  private:
    HostPage& page_;
};

}  // namespace sessmirror::pool
