// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/checker.h"

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <map>
#include <unordered_set>
#include <utility>

#include "simulation/session_history.h"

namespace sessmirror::simulation {
namespace {

using record::Version;

// Replies are handled in no time here; this only forgives rounding.
constexpr Duration kTolerance = milliseconds(5);

[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...) {
    char buffer[256];
    va_list args;
    va_start(args, format);
    std::vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    return buffer;
}

std::string shown(Version version) {
    return text("%" PRIu32 ".%08" PRIx32, version.generation, version.nonce);
}

double seconds_of(Duration time) noexcept {
    return std::chrono::duration<double>(time).count();
}

// Changes that are still there in the end: in the final state, or in the newest that was read
// before a destroy. What is lost is LostUpdate's to report, once, and not every later read's.
std::unordered_set<OpId> survivors(const SessionHistory& session) {
    const std::vector<OpId>* ops = session.final == nullptr ? nullptr : &session.final->ops;
    if (session.was_destroyed()) {
        const Call* last = nullptr;
        for (const Call* read : session.reads)
            if (read->returned < session.destroyed_from &&
                (last == nullptr || read->version > last->version))
                last = read;
        ops = last == nullptr ? nullptr : &last->ops;
    }
    if (ops == nullptr) return {};
    return {ops->begin(), ops->end()};
}

// What reads that were flagged as stale have told their clients to be missing. Whoever reads after
// that may miss the same, without having to be told again.
class ToldMissing {
  public:
    explicit ToldMissing(const SessionHistory& session) {
        for (const Call* read : session.reads)
            if (read->flags.stale) flagged_.push_back(read);
        std::stable_sort(flagged_.begin(), flagged_.end(),
                         [](const Call* a, const Call* b) { return a->returned < b->returned; });
    }

    // The changes of `expected` that nobody need see who starts at `time`, by their rank there.
    const std::vector<bool>& until(Duration time, const std::vector<const Call*>& expected) {
        told_.resize(expected.size());
        for (; next_ < flagged_.size() && flagged_[next_]->returned <= time; ++next_)
            for (std::size_t i = 0; i < expected.size(); ++i)
                if (expected[i]->returned <= flagged_[next_]->invoked && !has(expected[i]->op))
                    told_[i] = true;
        return told_;
    }

  private:
    [[nodiscard]] bool has(OpId op) const {
        const auto& ops = flagged_[next_]->ops;
        return std::binary_search(ops.begin(), ops.end(), op);
    }

    std::vector<const Call*> flagged_;
    std::vector<bool> told_;
    std::size_t next_ = 0;
};

// Changes that survived, in the order of their acknowledgement.
std::vector<const Call*> surviving_writes(const SessionHistory& session) {
    const auto kept = survivors(session);
    std::vector<const Call*> out;
    for (const Call* write : session.writes)
        if (write->kind == CallKind::Write && kept.count(write->op) != 0) out.push_back(write);
    return out;
}

void check_read_your_writes(const SessionHistory& session, int copies, Report& report) {
    const std::vector<const Call*> expected = surviving_writes(session);
    ToldMissing told_missing(session);
    for (const Call* read : session.reads) {
        if (read->returned >= session.destroyed_from || read->by_stranger) continue;
        const std::vector<bool>& told = told_missing.until(read->sent, expected);
        if (read->flags.stale || !read->found) continue;
        int missing = 0;
        for (std::size_t i = 0; i < expected.size() && expected[i]->returned <= read->sent; ++i)
            missing += !told[i] && !session.may_be_lost(*expected[i], copies) &&
                       !std::binary_search(read->ops.begin(), read->ops.end(), expected[i]->op) &&
                       !session.reported_conflict(expected[i]->invoked, read->returned);
        if (missing > 0)
            report.add(read->after_heal ? Finding::Diverged : Finding::StaleRead, *read,
                       text("%d acknowledged changes are missing", missing));
    }
}

void check_monotonic_reads(const SessionHistory& session, Report& report) {
    std::vector<const Call*> by_return = session.reads;
    std::stable_sort(by_return.begin(), by_return.end(),
                     [](const Call* a, const Call* b) { return a->returned < b->returned; });
    std::size_t returned = 0;
    Version newest;
    Duration newest_since{};
    for (const Call* read : session.reads) {
        if (read->returned >= session.destroyed_from || read->by_stranger) continue;
        for (; returned < by_return.size() && by_return[returned]->returned <= read->sent;
             ++returned) {
            const Call& earlier = *by_return[returned];
            if (!earlier.flags.stale && earlier.version <= newest) continue;
            newest = earlier.version;
            newest_since = earlier.invoked;
        }
        if (read->found && !read->flags.stale && read->version < newest &&
            !session.reported_conflict(newest_since, read->returned))
            report.add(Finding::WentBack, *read,
                       "version " + shown(read->version) + " after " + shown(newest));
    }
}

void check_lost_updates(const SessionHistory& session, int copies, Report& report) {
    if (session.was_destroyed()) return;
    const Duration last_flag =
        session.flagged.empty() ? Duration(-1) : session.flagged.back()->returned;
    for (const Call* write : session.writes) {
        if (session.final_has(write->op) || session.may_be_lost(*write, copies)) continue;
        report.add(Finding::LostUpdate, *write, text("change %" PRIu32, write->op));
        if (last_flag < write->invoked)
            report.add(Finding::SilentLoss, *write, text("change %" PRIu32, write->op));
    }
}

void check_forks(const SessionHistory& session, Report& report) {
    std::map<Version, const Call*> follower;
    for (const Call* write : session.writes) {
        if (write->parent.is_none() || write->version.is_none()) continue;
        const auto [first, is_new] = follower.emplace(write->parent, write);
        if (!is_new && first->second->version != write->version)
            report.add(Finding::Fork, *write,
                       shown(write->version) + " and " + shown(first->second->version) +
                           " both follow " + shown(write->parent));
    }
}

bool came_back(const SessionHistory& session, const Call& read, const Call& destroy) {
    if (!read.found) return false;
    if (read.version < destroy.version) return true;
    return std::any_of(read.ops.begin(), read.ops.end(), [&](OpId op) {
        const auto write = session.acknowledged.find(op);
        return write != session.acknowledged.end() && write->second->returned <= destroy.invoked;
    });
}

void check_resurrection(const SessionHistory& session, int copies, Report& report) {
    for (const Call* destroy : session.writes) {
        if (destroy->kind != CallKind::Destroy || destroy->version.is_none()) continue;
        const bool may_be_forgotten = session.may_be_forgotten(*destroy, copies);
        for (const Call* read : session.reads) {
            if (read->invoked < destroy->returned || !came_back(session, *read, *destroy)) continue;
            const bool has_seen_it = read->token >= destroy->version;
            if (may_be_forgotten && !has_seen_it) continue;
            report.add(
                read->after_heal ? Finding::Risen
                : has_seen_it    ? Finding::Resurrection
                                 : Finding::Haunting,
                *read,
                "destroyed as " + shown(destroy->version) + ", read " + shown(read->version));
        }
    }
}

void check_locks(const SessionHistory& session, Report& report) {
    const Hold* longest = nullptr;  // of those before, the one that ends last
    for (const Hold* hold : session.holds) {
        if (hold->broken) report.add(Finding::LockBroken, *hold, "lost before its lease ended");
        if (longest != nullptr && hold->from < longest->to)
            report.add(
                hold->store == longest->store ? Finding::LockShared : Finding::SplitHome, *hold,
                text("worker %d held it as well, at store %d", longest->worker, longest->store));
        if (longest == nullptr || hold->to > longest->to) longest = hold;
    }
}

// A destroy is done as well when another one, made at the same time, is what is left.
bool is_outlived(const Call& write, const FinalState& final) {
    const bool met_another_destroy = write.kind == CallKind::Destroy && final.is_tombstone &&
                                     final.newest.generation >= write.version.generation;
    return write.version <= final.newest || met_another_destroy;
}

void check_durability(const SessionHistory& session, int copies, Report& report) {
    const FinalState final = session.final == nullptr ? FinalState{} : *session.final;
    const Version newest = final.newest;
    for (const Call* write : session.writes) {
        // A tombstone beats every version of the life that it ends, newer ones as well: which
        // change may be gone is a matter of lives, and balance() knows them.
        const bool may_have_ended = session.was_destroyed() && write->kind == CallKind::Write;
        if (!may_have_ended && !is_outlived(*write, final) && !session.may_be_lost(*write, copies))
            report.add(Finding::LostCopy, *write,
                       "acknowledged as " + shown(write->version) + ", the newest copy left is " +
                           shown(newest));
    }
}

void check_completeness(const SessionHistory& session, Report& report) {
    if (session.final != nullptr && session.final->behind > 0 && !session.writes.empty())
        report.add(Finding::Behind, *session.writes.back(),
                   text("%d stores lack ", session.final->behind) + shown(session.final->newest));
}

void check_presence(const SessionHistory& session, Report& report) {
    for (const Call* read : session.reads) {
        if (read->returned >= session.destroyed_from) continue;
        if (!read->found && !read->flags.stale && !read->reachable.is_none() &&
            !read->reachable_is_tombstone)
            report.add(Finding::LoggedOut, *read, "version " + shown(read->reachable) + " stood");
    }
}

void check_time(const History& history, Report& report) {
    for (const Call& call : history.calls) {
        if (call.status == CallStatus::Info) continue;
        const Duration took = call.returned - call.invoked - call.paused;
        const Duration limit =
            history.deadline + (call.flags.waited ? history.lock_wait : Duration::zero());
        if (took > limit + kTolerance)
            report.add(Finding::Overtime, call,
                       text("took %.3f s of %.3f s", seconds_of(took), seconds_of(limit)));
    }
}

void check_answers(const History& history, Report& report) {
    for (const Call& call : history.calls)
        if (call.status == CallStatus::Fail) report.add(Finding::Failed, call, call.error);
}

const char* kind_name(CallKind kind) noexcept {
    switch (kind) {
        case CallKind::Read:
            return "read";
        case CallKind::Write:
            return "write";
        case CallKind::Destroy:
            return "destroy";
    }
    return "call";
}

}  // namespace

const char* finding_name(Finding finding) noexcept {
    static constexpr std::array<const char*, static_cast<std::size_t>(Finding::kCount)> kNames = {
        "stale read",   "went back",   "lost update",    "silent loss",     "fork",
        "resurrection", "haunting",    "lock shared",    "split home",      "lock broken",
        "lost copy",    "logged out",  "overtime",       "risen",           "diverged",
        "behind",       "failed",      "uncounted loss", "miscounted loss", "own unseen",
        "seen unseen",  "write order", "cause unseen"};
    return kNames[static_cast<std::size_t>(finding)];
}

void Report::add(Finding finding, std::string example) {
    const auto kind = static_cast<std::size_t>(finding);
    ++counts_[kind];
    if (examples_[kind].size() < kExamples) examples_[kind].push_back(std::move(example));
}

void Report::add(Finding finding, const Call& call, const std::string& detail) {
    add(finding, text("%s: session %d, %s by client %d on host %d (worker %d) at %.6f s: ",
                      finding_name(finding), call.session, kind_name(call.kind), call.client,
                      call.host, call.worker, seconds_of(call.invoked)) +
                     detail);
}

void Report::add(Finding finding, const Hold& hold, const std::string& detail) {
    add(finding, text("%s: session %d, lock at store %d held by worker %d from %.6f to %.6f s: ",
                      finding_name(finding), hold.session, hold.store, hold.worker,
                      seconds_of(hold.from), seconds_of(hold.to)) +
                     detail);
}

void Report::add_counts(const Report& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

Report check(const History& history) {
    Report report;
    for (const SessionHistory& session : by_session(history)) {
        check_read_your_writes(session, history.copies, report);
        check_monotonic_reads(session, report);
        check_lost_updates(session, history.copies, report);
        check_forks(session, report);
        check_resurrection(session, history.copies, report);
        check_locks(session, report);
        check_durability(session, history.copies, report);
        check_completeness(session, report);
        check_presence(session, report);
    }
    check_time(history, report);
    check_answers(history, report);
    return report;
}

}  // namespace sessmirror::simulation
