// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/policy.h"

namespace sessmirror::replica {

// When a write has enough acknowledgements. Only successes count, and they count against the number
// of copies that there should be, whatever the health of the stores: an acknowledgement that could
// not be asked for is missing all the same.
struct AckRule {
    Ack ack = Ack::All;
    int copies = 1;

    // Fewest successes that make the write a success. With `all` that is one: the write waits for
    // every store that is up, but a store that is down must not fail the page (it is counted as a
    // degraded write instead).
    [[nodiscard]] constexpr int required() const noexcept {
        return ack == Ack::Majority ? copies / 2 + 1 : 1;
    }
    // Successes after which the caller need not wait for the rest.
    [[nodiscard]] constexpr int enough() const noexcept {
        return ack == Ack::All ? copies : required();
    }
};

}  // namespace sessmirror::replica
