// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a compressed payload. What it was made from stays within the limit, and compressed
// again is the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "record/compressor.h"

using namespace sessmirror;

namespace {

constexpr std::uint64_t kMax = 1u << 20;

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    record::Compressor compressor;
    Bytes plain;
    const ByteView input(reinterpret_cast<const std::byte*>(data), size);
    if (!compressor.decompress(input, kMax, plain)) {
        require(plain.empty());
        return 0;
    }
    require(!plain.empty() && plain.size() <= kMax);
    Bytes frame;
    Bytes again;
    if (!compressor.compress(plain, frame)) return 0;
    require(frame.size() <= plain.size() - plain.size() / 8);
    require(compressor.decompress(frame, kMax, again).has_value());
    require(std::ranges::equal(plain, again));
    return 0;
}
