// SPDX-License-Identifier: BSD-3-Clause
// Whatever a server answers, in pieces cut anywhere: values within bounds, as many lines as were
// asked for, or an error. The first byte says how large the pieces are.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "migration/classic_answer.h"

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sessmirror;
    constexpr std::uint64_t kLargest = 100;
    if (size == 0) return 0;
    const std::string name = "server";
    migration::ClassicAnswer answer(name, 2, kLargest);
    answer.begin(false);
    const std::size_t piece = std::size_t{data[0]} + 1;
    for (std::size_t at = 1; at < size; at += piece) {
        const auto length = std::min(piece, size - at);
        const auto taken = answer.take({reinterpret_cast<const std::byte*>(data) + at, length});
        for (const auto& value : answer.values()) require(value.data.size() <= kLargest);
        require(answer.lines().size() <= 2);
        if (!taken) return 0;
        require(*taken == (answer.lines().size() == 2));
        if (*taken) return 0;
    }
    return 0;
}
