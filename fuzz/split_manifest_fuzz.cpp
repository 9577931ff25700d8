// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "store/memcached/split_value.h"

using namespace sessmirror;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

// A manifest that is taken adds up, within its bounds, and reads as it is written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint64_t kMax = 16u << 20;
    const ByteView item(reinterpret_cast<const std::byte*>(data), size);
    const auto manifest = store::decode_manifest(item, kMax);
    if (!manifest) return 0;
    require(manifest->total > 0 && manifest->total <= kMax);
    require(manifest->count > 0 && manifest->count <= store::Manifest::kMaxChunks);
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < manifest->count; ++i) {
        require(manifest->size_of(i) > 0 && manifest->size_of(i) <= manifest->size_of(0));
        sum += manifest->size_of(i);
    }
    require(sum == manifest->total);
    const auto again = store::encode_manifest(*manifest);
    require(std::equal(again.begin(), again.end(), item.end() - store::Manifest::kSize));
    const store::SessionKey key = store::derive_key("f:", "", "fuzz");
    require(store::chunk_key(key, manifest->attempt, manifest->count - 1).view().size() <= 250);
    return 0;
}
