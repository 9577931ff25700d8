// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <compare>
#include <cstdint>

namespace sessmirror::record {

// Names one write of one session, for ever: the generation orders writes, the nonce tells apart two
// writers that took the same generation (a fork). Every write draws a new non-zero nonce, so equal
// versions mean equal content on any store.
struct Version {
    std::uint32_t generation = 0;
    std::uint32_t nonce = 0;

    // "There is no stored value": below every real version.
    static constexpr Version none() noexcept { return {}; }
    [[nodiscard]] constexpr bool is_none() const noexcept { return nonce == 0; }

    // NOLINTNEXTLINE(modernize-use-nullptr): of what the compiler makes here
    friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

// A version as one number, in the same order.
constexpr std::uint64_t packed(Version version) noexcept {
    return std::uint64_t{version.generation} << 32 | version.nonce;
}
constexpr Version unpacked(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word)};
}

// The version of a write that follows `base`. Wall clock seconds enter only as a lower bound, so
// that generations keep growing when a session is recreated after all of its copies were lost; a
// skewed clock cannot make a generation go back, because the stored one counts as well.
constexpr Version next_version(Version base, std::uint32_t unix_seconds,
                               std::uint64_t random) noexcept {
    const std::uint32_t successor = base.generation + 1;
    const auto nonce = static_cast<std::uint32_t>(random);
    return {successor > unix_seconds ? successor : unix_seconds, nonce == 0 ? 1 : nonce};
}

// 31 bits of a version that a store can return without the value (memcached's client flags). Equal
// fingerprints mean equal versions but for one pair in two thousand million; they carry no order.
using Fingerprint = std::uint32_t;
constexpr Fingerprint fingerprint(Version version) noexcept {
    return (version.nonce ^ (version.generation * 0x9E3779B1u)) & 0x7FFFFFFFu;
}

}  // namespace sessmirror::record
