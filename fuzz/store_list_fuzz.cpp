// SPDX-License-Identifier: BSD-3-Clause
// Any text is either refused with a message or read into stores whose names read back as the same
// stores.
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
    std::string names;
    for (const auto& spec : *stores) names += spec.name() + ",";
    const auto again = parse_store_list(names);
    require(again.has_value() && again->size() == stores->size());
    for (std::size_t i = 0; i < stores->size(); ++i)
        require((*again)[i].name() == (*stores)[i].name());
    return 0;
}
