// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/inventory.h"

#include <cstddef>
#include <cstdint>

#include "hostile_store.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const fuzz::World world(input);
    store::MemcachedInventory inventory(fuzz::spec_of(store::Engine::Memcached),
                                        fuzz::World::loop(), fuzz::World::resolver());
    fuzz::ask_a_hostile_inventory(inventory, input);
    return 0;
}
