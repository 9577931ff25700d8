// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/session_history.h"

#include <algorithm>

namespace sessmirror::simulation {
namespace {

SessionHistory& of(std::vector<SessionHistory>& sessions, int session) {
    const auto index = static_cast<std::size_t>(session);
    if (sessions.size() <= index) sessions.resize(index + 1);
    return sessions[index];
}

void take(SessionHistory& session, const Call& call) {
    const bool ok = call.status == CallStatus::Ok;
    session.calls.push_back(&call);
    if (call.flags.reported_trouble()) session.flagged.push_back(&call);
    if (call.kind == CallKind::Destroy)
        session.destroyed_from = std::min(session.destroyed_from, call.invoked);
    if (!ok) return;
    if (call.kind == CallKind::Read) {
        session.reads.push_back(&call);
        return;
    }
    session.writes.push_back(&call);
    if (call.kind == CallKind::Write) session.acknowledged.emplace(call.op, &call);
}

std::ptrdiff_t count_from(const std::vector<Duration>& times, Duration from) noexcept {
    return times.end() - std::lower_bound(times.begin(), times.end(), from);
}

std::ptrdiff_t acknowledgements(const Call& write, int copies) noexcept {
    return write.flags.degraded ? 1 : copies;
}

bool returned_earlier(const Call* a, const Call* b) noexcept {
    return a->returned < b->returned;
}

}  // namespace

bool SessionHistory::may_be_lost(const Call& write, int copies) const noexcept {
    // A copy may have been lost between its acknowledgement by the store and the call's return.
    return count_from(losses, write.invoked) + count_from(aged, write.invoked) >=
           acknowledgements(write, copies);
}

bool SessionHistory::may_be_forgotten(const Call& destroy, int copies) const noexcept {
    return count_from(losses, destroy.invoked) >= acknowledgements(destroy, copies);
}

bool SessionHistory::reported_conflict(Duration from, Duration to) const noexcept {
    return std::any_of(flagged.begin(), flagged.end(), [&](const Call* call) {
        return call->flags.conflict && call->invoked <= to && call->returned >= from;
    });
}

bool SessionHistory::final_has(OpId op) const noexcept {
    return final != nullptr && std::binary_search(final->ops.begin(), final->ops.end(), op);
}

std::vector<SessionHistory> by_session(const History& history) {
    std::vector<SessionHistory> sessions;
    for (const Call& call : history.calls) take(of(sessions, call.session), call);
    for (const Hold& hold : history.holds) of(sessions, hold.session).holds.push_back(&hold);
    for (const FinalState& state : history.finals) of(sessions, state.session).final = &state;
    for (const Loss& loss : history.losses) {
        SessionHistory& session = of(sessions, loss.session);
        (loss.by_age ? session.aged : session.losses).push_back(loss.when);
    }
    for (SessionHistory& session : sessions) {
        std::stable_sort(session.reads.begin(), session.reads.end(),
                         [](const Call* a, const Call* b) { return a->sent < b->sent; });
        std::stable_sort(session.writes.begin(), session.writes.end(), returned_earlier);
        std::stable_sort(session.flagged.begin(), session.flagged.end(), returned_earlier);
        std::stable_sort(session.holds.begin(), session.holds.end(),
                         [](const Hold* a, const Hold* b) { return a->from < b->from; });
    }
    return sessions;
}

}  // namespace sessmirror::simulation
