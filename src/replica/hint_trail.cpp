// SPDX-License-Identifier: BSD-3-Clause
#include "replica/hint_trail.h"

namespace sessmirror::replica {

void HintTrail::leave(WriteRound& round) const noexcept {
    if (!is_wanted_) return;
    const CasHints::Text hints = outgoing_.hints.encode();
    for (const GuardedPut& put : round.puts()) {
        if (put.outcome() != GuardedPut::Outcome::Stored || !has_news_for(put, round.home()))
            continue;
        env_.pool.store(put.store()).leave_hint(view_.key(), hints.view(), outgoing_.ttl_s);
    }
}

// A reader knows the token of the copy that it reads and, with its lock, that of the home.
bool HintTrail::has_news_for(const GuardedPut& put, int home_store) const noexcept {
    const std::uint64_t own = token_source(env_.pool, put.store());
    const std::uint64_t home = token_source(env_.pool, home_store);
    const bool readers_lock = env_.policy.locking == Locking::On;
    for (std::size_t i = put.hints_told(); i < outgoing_.hints.size(); ++i) {
        const std::uint64_t about = outgoing_.hints.store(i);
        if (about != own && !(readers_lock && about == home)) return true;
    }
    return false;
}

}  // namespace sessmirror::replica
