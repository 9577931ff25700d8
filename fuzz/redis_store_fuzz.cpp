// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "hostile_store.h"
#include "store/redis/engine.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (store::kRedisEngine.missing != nullptr) return 0;
    store::StoreSpec spec = fuzz::spec_of(store::kRedisEngine);
    if (size > 0 && data[0] == '!') {  // with a password and a database, whose answers come first
        spec.password = "hush";
        fuzz::require(spec.own.set(store::kRedisDatabase, "3").has_value());
        ++data;
        --size;
    }
    fuzz::ask_a_hostile_store(spec, fuzz::text_of(data, size));
    return 0;
}
