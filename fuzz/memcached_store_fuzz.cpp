// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "hostile_store.h"
#include "store/memcached/engine.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::ask_a_hostile_store(fuzz::spec_of(store::kMemcachedEngine), fuzz::text_of(data, size));
    return 0;
}
