// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/split_value.h"

#include <cinttypes>
#include <cstdio>

namespace sessmirror::store {

std::uint32_t Manifest::size_of(std::uint32_t chunk) const noexcept {
    if (chunk + 1 < count) return chunk_size;
    return static_cast<std::uint32_t>(total - std::uint64_t{chunk_size} * (count - 1));
}

std::optional<Manifest> plan_split(record::Version attempt, std::uint64_t total,
                                   std::uint32_t chunk_size) noexcept {
    const std::uint64_t count = (total + chunk_size - 1) / chunk_size;
    if (count > Manifest::kMaxChunks) return std::nullopt;
    return Manifest{attempt, chunk_size, static_cast<std::uint32_t>(count), total};
}

std::array<std::byte, Manifest::kSize> encode_manifest(const Manifest& manifest) noexcept {
    std::array<std::byte, Manifest::kSize> out{};
    put_be(out.data(), manifest.attempt.generation);
    put_be(out.data() + 4, manifest.attempt.nonce);
    put_be(out.data() + 8, manifest.chunk_size);
    put_be(out.data() + 12, manifest.count);
    put_be(out.data() + 16, manifest.total);
    return out;
}

std::optional<Manifest> decode_manifest(ByteView item, std::uint64_t max_total) noexcept {
    if (item.size() < record::Envelope::kVersionEnd + Manifest::kSize) return std::nullopt;
    const std::byte* at = item.data() + item.size() - Manifest::kSize;
    const record::Version attempt{get_be<std::uint32_t>(at), get_be<std::uint32_t>(at + 4)};
    const auto chunk_size = get_be<std::uint32_t>(at + 8);
    const auto count = get_be<std::uint32_t>(at + 12);
    const auto total = get_be<std::uint64_t>(at + 16);
    if (chunk_size == 0 || total == 0 || total > max_total) return std::nullopt;
    const auto plan = plan_split(attempt, total, chunk_size);
    if (!plan || plan->count != count) return std::nullopt;
    return plan;
}

ItemName chunk_key(const SessionKey& key, record::Version attempt, std::uint32_t chunk) noexcept {
    char suffix[40];
    std::snprintf(suffix, sizeof suffix, ".%08" PRIx32 "%08" PRIx32 ".%" PRIu32, attempt.generation,
                  attempt.nonce, chunk);
    return {key, suffix};
}

}  // namespace sessmirror::store
