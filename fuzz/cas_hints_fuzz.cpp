// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as the hints beside a copy: what is read stays within bounds, is about one version
// only, and reads back from what it is written as.
#include "replica/cas_hints.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"

using namespace sessmirror;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

void check_same(const replica::CasHints& a, const replica::CasHints& b, record::Version about) {
    require(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        require(a.store(i) == b.store(i));
        require(a.find(about, a.store(i)) == b.find(about, b.store(i)));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using replica::CasHints;
    const ByteView input(reinterpret_cast<const std::byte*>(data), size);
    const CasHints hints = CasHints::decode(input);
    require(hints.size() <= CasHints::kMax);
    const auto text = hints.encode();
    require(text.view().size() <= store::kMaxHint);
    require(text.view().empty() == (hints.size() == 0));
    if (hints.size() == 0) return 0;

    const record::Version about{get_be<std::uint32_t>(input.data()),
                                get_be<std::uint32_t>(input.data() + 4)};
    const record::Version another{about.generation + 1, about.nonce};
    for (std::size_t i = 0; i < hints.size(); ++i) {
        require((hints.find(about, hints.store(i)) != 0) == !about.is_none());
        require(hints.find(another, hints.store(i)) == 0);
    }
    check_same(hints, CasHints::decode(text.view()), about);
    return 0;
}
