// SPDX-License-Identifier: BSD-3-Clause
#include "replica/forks.h"

#include <algorithm>
#include <cinttypes>

#include "pool/notice_turn.h"
#include "replica/lineage.h"

namespace sessmirror::replica {

void report_if_fork(const Environment& env, SessionView& view, int store) noexcept {
    const Copy& copy = view.copy(store);
    if (copy.state != Copy::State::Present) return;
    const auto others = view.others();
    const auto loser = std::ranges::find(others, copy.version, &record::Envelope::version);
    if (loser == others.end()) return;
    Lineage standing;
    standing.add(view.newest().envelope);
    const std::uint64_t lost = writes_lost(standing, *loser);
    if (lost == 0) return;
    env.pool.count(pool::Counter::Conflicts);
    env.pool.count(pool::Counter::Collisions, lost);
    pool::HostPage& page = env.pool.page();
    if (!pool::take_notice_turn(page, page.next_fork_notice_ns, env.scheduler)) return;
    env.pool.journal().add(
        Severity::Warning,
        "a session was changed on two sides that could not reach each other: version "
        "%08" PRIx32 "-%08" PRIx32 " on store %s is replaced by %08" PRIx32 "-%08" PRIx32
        ", and %" PRIu64 " of its changes are lost",
        loser->version.generation, loser->version.nonce, env.pool.name(store).c_str(),
        view.version().generation, view.version().nonce, lost);
}

}  // namespace sessmirror::replica
