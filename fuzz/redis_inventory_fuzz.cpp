// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "hostile_store.h"
#include "store/redis/store.h"

using namespace sessmirror;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (!store::has_redis_store()) return 0;
    const std::string_view input = fuzz::text_of(data, size);
    const fuzz::World world(input);
    const auto inventory = store::make_redis_inventory(
        fuzz::spec_of(store::Engine::Redis), fuzz::World::loop(), fuzz::World::resolver());
    fuzz::ask_a_hostile_inventory(*inventory, input);
    return 0;
}
