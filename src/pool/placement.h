// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "pool/store_list.h"
#include "store/session_key.h"

namespace sessmirror::pool {

// All store indices; as many as were asked for in order of preference for one session, and behind
// them the rest in any order. The first `redundancy` are its replica set, the first healthy one of
// those its home.
struct Ranking {
    std::array<std::uint8_t, kMaxStores> store{};
    int size = 0;
    [[nodiscard]] std::span<const std::uint8_t> all() const noexcept {
        return {store.data(), static_cast<std::size_t>(size)};
    }
};

// What placement hashes, and what health and locks know a store by. Never 0.
std::uint64_t store_name_hash(const store::StoreSpec& spec);

// Weighted rendezvous (highest random weight) hashing: Thaler & Ravishankar 1998, weights by the
// logarithmic method (Schindelhauer & Schomaker 2005). The result depends on the stores' names and
// weights, not on the order of the list; removing a store moves only the sessions it held.
//
// Computed with integers only, so that hosts with different processors, compilers and math
// libraries agree on every session. A change of any detail moves sessions on running sites; the
// fixed vectors in the tests guard it. Immutable after construction.
class Placement {
  public:
    explicit Placement(std::span<const store::StoreSpec> stores);  // REQUIRES: <= kMaxStores
    [[nodiscard]] Ranking rank(const store::SessionKey& key, int first) const noexcept;
    // A bit for each store that the list before a change of it, or the one after, does not name.
    [[nodiscard]] std::uint64_t joining() const noexcept { return joining_; }
    [[nodiscard]] std::uint64_t leaving() const noexcept { return leaving_; }
    // Equal on two hosts exactly when their lists name the same stores with the same weights.
    [[nodiscard]] std::uint64_t list_fingerprint() const noexcept { return fingerprint_; }

  private:
    struct Seat {
        std::uint64_t name_hash;
        std::uint32_t weight;
        friend bool operator<(const Seat& a, const Seat& b) noexcept {
            return a.name_hash < b.name_hash;
        }
    };
    static std::uint64_t fingerprint_of(std::vector<Seat> seats);

    std::vector<Seat> seats_;
    bool has_equal_weights_ = true;
    std::uint64_t joining_ = 0;
    std::uint64_t leaving_ = 0;
    std::uint64_t fingerprint_ = 0;
};

}  // namespace sessmirror::pool
