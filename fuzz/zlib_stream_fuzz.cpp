// SPDX-License-Identifier: BSD-3-Clause
// Any bytes are either a stream that unpacks within the bound, or an error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "migration/packing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint64_t kLargest = 10'000;
    const std::string name = "place";
    const auto content = sessmirror::migration::unpack_zlib(
        name, {reinterpret_cast<const std::byte*>(data), size}, kLargest);
    if (content && content->size() > kLargest) std::abort();
    return 0;
}
