// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "hostile_store.h"
#include "store/redis/engine.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (store::kRedisEngine.missing != nullptr) return 0;
    fuzz::ask_a_hostile_inventory(fuzz::spec_of(store::kRedisEngine), fuzz::text_of(data, size));
    return 0;
}
