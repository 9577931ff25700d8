// SPDX-License-Identifier: BSD-3-Clause
// Any text is either refused with a message or read into stores each of whose names reads back as
// the same store.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pool/store_list.h"

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using sessmirror::pool::parse_store_list;
    const auto stores = parse_store_list({reinterpret_cast<const char*>(data), size});
    if (!stores) {
        const std::string_view detail = stores.error().detail;
        require(stores.error().code == sessmirror::Errc::BadConfig && !detail.empty());
        for (const char c : detail) require(c >= ' ' && c <= '~');
        return 0;
    }
    require(!stores->empty() && stores->size() <= sessmirror::pool::kMaxStores);
    for (const auto& spec : *stores) {
        const auto again = parse_store_list(spec.name());
        require(again.has_value() && again->size() == 1);
        require(again->front().name() == spec.name() && again->front().engine == spec.engine);
    }
    return 0;
}
