// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/engine.h"

#include <array>
#include <limits>

#include "base/text.h"
#include "store/memcached/inventory.h"
#include "store/memcached/store.h"

namespace sessmirror::store {
namespace {

bool is_zero(std::string_view text) noexcept {
    return parse_number(text, 0, 0).has_value();
}

constexpr std::array kParameters = {kMemcachedProtocol,
                                    Parameter{.name = "udp_port",
                                              .most = std::numeric_limits<std::uint32_t>::max(),
                                              .must_be = "0: UDP is not used",
                                              .accepts = is_zero}};

constexpr std::array kRemedies = {
    Remedy{"asks for a password (-Y)", "Start that memcached without -Y."}};

Result<OpenedStore> open_memcached(const StoreSpec& spec, int index, const OpenContext& context) {
    return OpenedStore{
        make_memcached_store(spec, index, context.loop, context.resolver, context.defaults),
        std::make_unique<MemcachedInventory>(spec, context.loop, context.resolver)};
}

}  // namespace

constinit const Engine kMemcachedEngine = {
    .name = "memcached",
    .notation = "memcached over tcp:// or unix://",
    .default_port = 11211,
    .parameters = kParameters,
    .name_of = address_text,
    .open = open_memcached,
    .remedies = kRemedies,
};

}  // namespace sessmirror::store
