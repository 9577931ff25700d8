// SPDX-License-Identifier: BSD-3-Clause
#include "pool/placement.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "base/hash.h"

namespace sessmirror::pool {
namespace {

constexpr int kFractionBits = 32;

// log2(value) with 32 binary places, by repeated squaring: each squaring of a number in [1, 2)
// gives one more binary digit of its logarithm (Majithia & Levan 1973). Cutting instead of rounding
// keeps it monotonous: a larger value never has a smaller result. REQUIRES: value != 0
std::uint64_t log2_fixed(std::uint64_t value) noexcept {
    std::uint64_t exponent = 63;
    while (value >> 63 == 0) {
        value <<= 1;
        --exponent;
    }
    std::uint64_t result = exponent;
    std::uint64_t mantissa = value >> 32;  // in [1, 2) with 31 binary places
    for (int i = 0; i < kFractionBits; ++i) {
        mantissa = mantissa * mantissa >> 31;
        const std::uint64_t digit = mantissa >> 32;
        mantissa >>= digit;
        result = result << 1 | digit;
    }
    return result;
}

// The store with the smallest -log2(hash / 2^64) / weight wins: an exponential race, in which a
// store's chance to come first is its share of the weights. The hash itself decides ties, so equal
// weights are exactly the comparison of hashes, and need no logarithms.
struct Runner {
    std::uint64_t distance;
    std::uint64_t hash;
    std::uint64_t name_hash;
    std::uint8_t index;

    friend bool operator<(const Runner& a, const Runner& b) noexcept {
        if (a.distance != b.distance) return a.distance < b.distance;
        if (a.hash != b.hash) return a.hash > b.hash;
        return a.name_hash < b.name_hash;
    }
};

std::uint64_t distance_of(std::uint64_t hash, std::uint32_t weight) noexcept {
    constexpr std::uint64_t kLog2Of2To64 = std::uint64_t{64} << kFractionBits;
    constexpr int kSpareBits = 63 - 6 - kFractionBits;  // keeps precision through the division
    const std::uint64_t logarithm = log2_fixed(std::max<std::uint64_t>(hash, 1));
    return ((kLog2Of2To64 - logarithm) << kSpareBits) / weight;
}

}  // namespace

std::uint64_t store_name_hash(const store::StoreSpec& spec) {
    return std::max<std::uint64_t>(hash64(spec.name()), 1);
}

Placement::Placement(std::span<const store::StoreSpec> stores) {
    seats_.reserve(stores.size());
    for (const store::StoreSpec& spec : stores) {
        const std::uint64_t bit = std::uint64_t{1} << seats_.size();
        joining_ |= spec.change == store::ListChange::Joins ? bit : 0;
        leaving_ |= spec.change == store::ListChange::Leaves ? bit : 0;
        seats_.push_back({store_name_hash(spec), std::max<std::uint32_t>(spec.weight, 1)});
    }
    has_equal_weights_ = std::ranges::all_of(
        seats_, [this](const Seat& seat) { return seat.weight == seats_.front().weight; });
    fingerprint_ = fingerprint_of(seats_);
}

Ranking Placement::rank(const store::SessionKey& key, int first) const noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    std::array<Runner, kMaxStores> runners;
    const std::size_t count = seats_.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t hash = hash64(key.hashed(), seats_[i].name_hash);
        const std::uint64_t distance = has_equal_weights_ ? 0 : distance_of(hash, seats_[i].weight);
        runners[i] = {distance, hash, seats_[i].name_hash, static_cast<std::uint8_t>(i)};
    }
    const auto end = runners.begin() + static_cast<std::ptrdiff_t>(count);
    if (count <= static_cast<std::size_t>(first))
        std::sort(runners.begin(), end);
    else
        std::partial_sort(runners.begin(), runners.begin() + first, end);
    Ranking out;
    out.size = static_cast<int>(count);
    for (std::size_t i = 0; i < count; ++i) out.store[i] = runners[i].index;
    return out;
}

std::uint64_t Placement::fingerprint_of(std::vector<Seat> seats) {
    constexpr std::size_t kSeatBytes = sizeof(std::uint64_t) + sizeof(std::uint32_t);
    std::sort(seats.begin(), seats.end());
    Bytes bytes(seats.size() * kSeatBytes);
    std::byte* out = bytes.data();
    for (const Seat& seat : seats) {
        put_be(out, seat.name_hash);
        put_be(out + sizeof(std::uint64_t), seat.weight);
        out += kSeatBytes;
    }
    return hash64(as_text(bytes));
}

}  // namespace sessmirror::pool
