// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "hostile_store.h"
#include "store/memcached/engine.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    store::StoreSpec spec = fuzz::spec_of(store::kMemcachedEngine);
    if (size > 0 && data[0] == '!') {  // in the classic dialect
        fuzz::require(spec.own.set(store::kMemcachedProtocol, "classic").has_value());
        ++data;
        --size;
    }
    fuzz::ask_a_hostile_store(spec, fuzz::text_of(data, size));
    return 0;
}
