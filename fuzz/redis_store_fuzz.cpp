// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/store.h"

#include <cstddef>
#include <cstdint>

#include "hostile_store.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (!store::has_redis_store()) return 0;
    store::StoreSpec spec = fuzz::spec_of(store::Engine::Redis);
    if (size > 0 && data[0] == '!') {  // with a password and a database, whose answers come first
        spec.password = "hush";
        spec.database = 3;
        ++data;
        --size;
    }
    fuzz::ask_a_hostile_store(store::make_redis_store, spec, fuzz::text_of(data, size));
    return 0;
}
