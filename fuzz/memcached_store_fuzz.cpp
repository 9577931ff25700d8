// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/store.h"

#include <cstddef>
#include <cstdint>

#include "hostile_store.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::ask_a_hostile_store(store::make_memcached_store, fuzz::spec_of(store::Engine::Memcached),
                              fuzz::text_of(data, size));
    return 0;
}
