// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Extends the lifetime of every copy, in parallel. All of them, because a copy that only its own
// host keeps alive would leave the others to expire. A store that answers that it has no copy has
// lost it and gets it back from this request. Success when at least one store extended or is being
// repaired.
class TouchAll final : public Operation {
  public:
    // True when so much of the lifetime has passed that a touch is due: an eighth. Until then a
    // request that changes nothing sends nothing.
    static bool is_due(std::int64_t ttl_left_s, std::uint32_t lifetime_s) noexcept {
        return ttl_left_s >= 0 && ttl_left_s * 8 < std::int64_t{lifetime_s} * 7;
    }

    TouchAll(const Environment& env, SessionView& view, std::uint32_t lifetime_s) noexcept
        : Operation(env), view_(view), lifetime_s_(lifetime_s) {}

  private:
    void run() noexcept override;
    void on_touch(int store, Result<store::TouchReply> reply) noexcept override;

    SessionView& view_;
    std::uint32_t lifetime_s_;
    int pending_ = 0;
    int kept_ = 0;
    Error failures_{Errc::NoStore};
};

}  // namespace sessmirror::replica
