// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/bytes.h"
#include "record/envelope.h"
#include "store/store.h"

namespace sessmirror::store {

using CasBytes = std::array<std::byte, sizeof(Cas)>;

inline CasBytes bytes_of(Cas cas) noexcept {
    CasBytes out;
    put_be(out.data(), cas);
    return out;
}

// The CAS of a value as Redis holds it: its version. Of a foreign one the bytes that stand in the
// version's place, and 1 where that would be 0: the script that puts says the same.
inline Cas cas_in(ByteView stored) noexcept {
    CasBytes bytes{};
    if (stored.size() > record::Envelope::kVersionAt) {
        const ByteView there = stored.subspan(record::Envelope::kVersionAt);
        std::copy_n(there.begin(), std::min(there.size(), bytes.size()), bytes.begin());
    }
    return std::max(get_be<Cas>(bytes.data()), Cas{1});
}

}  // namespace sessmirror::store
