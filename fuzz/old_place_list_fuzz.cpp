// SPDX-License-Identifier: BSD-3-Clause
// Any text is either refused with a message that shows nothing of it, or read into places whose
// names are fit for a message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "migration/place_list.h"

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sessmirror;
    const auto places =
        migration::parse_places("directive", {reinterpret_cast<const char*>(data), size});
    if (!places) {
        require(places.error().code == Errc::BadConfig);
        for (const char c : std::string_view(places.error().detail)) require(c >= ' ' && c <= '~');
        return 0;
    }
    for (const auto& place : *places) {
        require(place.host.empty() != place.path.empty());
        require(place.path.empty() || place.path.front() == '/');
        for (const char c : place.prefix) require(c > ' ' && c <= '~');
        for (const char c : place.host) require(c > ' ' && c <= '~');
    }
    return 0;
}
