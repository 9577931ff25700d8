// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/ledger.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "simulation/session_history.h"

namespace sessmirror::simulation {
namespace {

using Ops = std::vector<OpId>;  // ascending

bool has(const Ops& ops, OpId op) noexcept {
    return std::binary_search(ops.begin(), ops.end(), op);
}

Ops united(const Ops& a, const Ops& b) {
    Ops out;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

std::string shown(const Ops& ops) {
    std::string text;
    for (const OpId op : ops) text += (text.empty() ? "" : " ") + std::to_string(op);
    return text;
}

// The lives of one session id: a page that found no session begins one, and everything that was
// made from its content belongs to it. Named by the change that began it.
class Lives {
  public:
    explicit Lives(const std::vector<const Call*>& calls) {
        for (const Call* call : calls)
            if (call->kind == CallKind::Write) life_of_.emplace(call->op, life_of_content(*call));
        for (const Call* call : calls) {
            if (call->kind != CallKind::Destroy) continue;
            for (const OpId op : call->ops)
                if (const auto life = of(op)) ends_.emplace(*life, call);
        }
    }

    [[nodiscard]] std::optional<OpId> of(OpId op) const {
        const auto found = life_of_.find(op);
        if (found == life_of_.end()) return std::nullopt;
        return found->second;
    }
    // The first destroy of the life that this change belongs to.
    [[nodiscard]] const Call* end_of(OpId op) const {
        const auto life = of(op);
        const auto end = life ? ends_.find(*life) : ends_.end();
        return end == ends_.end() ? nullptr : end->second;
    }

  private:
    [[nodiscard]] OpId life_of_content(const Call& write) const {
        for (const OpId op : write.ops)
            if (const auto life = of(op)) return *life;
        return write.op;
    }

    std::unordered_map<OpId, OpId> life_of_;
    std::unordered_map<OpId, const Call*> ends_;
};

class SessionLedger {
  public:
    SessionLedger(const SessionHistory& session, int copies, Report& report)
        : session_(session), lives_(session.calls), copies_(copies), report_(report) {
        for (const Call* call : session.calls) {
            if (call->kind == CallKind::Write) writes_.emplace(call->op, call);
            if (call->kind == CallKind::Read && call->flags.stale)
                told_[call->client].push_back(call);
        }
    }

    // Acknowledged, gone, and covered by nothing but a counter.
    [[nodiscard]] std::vector<const Call*> uncovered() const {
        std::vector<const Call*> out;
        for (const Call* write : session_.writes) {
            if (write->kind != CallKind::Write || session_.final_has(write->op)) continue;
            if (lives_.end_of(write->op) != nullptr || session_.may_be_lost(*write, copies_) ||
                was_told(*write))
                continue;
            out.push_back(write);
        }
        return out;
    }

    void check_guarantees() {
        std::map<int, Visitor> visitors;
        std::vector<const Call*> received = session_.calls;
        std::erase_if(received, [](const Call* call) { return call->status != CallStatus::Ok; });
        std::stable_sort(received.begin(), received.end(),
                         [](const Call* a, const Call* b) { return a->received < b->received; });
        auto next = received.begin();
        for (const Call* read : session_.reads) {
            for (; next != received.end() && (*next)->received <= read->sent; ++next)
                if (!(*next)->by_stranger) remember(visitors[(*next)->client], **next);
            check_causes(*read);
            if (read->by_stranger) {
                if (read->after_heal) check_settled(*read);
            } else if (!read->flags.stale) {
                check_visitor(*read, visitors[read->client]);
            }
        }
    }

  private:
    struct Visitor {
        Ops own;
        Ops seen;
        std::set<OpId> told;  // known to be missing
    };

    [[nodiscard]] bool was_told(const Call& write) const {
        const auto told = told_.find(write.client);
        return told != told_.end() &&
               std::any_of(told->second.begin(), told->second.end(), [&](const Call* read) {
                   return read->sent >= write.returned && read->received != Duration::max() &&
                          !has(read->ops, write.op);
               });
    }

    // Whether the change is there in the end, or was when its life ended, and a reader at this time
    // should see it.
    [[nodiscard]] bool is_due(OpId op, const Call& read) const {
        const auto write = writes_.find(op);
        if (write == writes_.end()) return false;
        if (write->second->status == CallStatus::Ok &&
            session_.may_be_lost(*write->second, copies_))
            return false;
        const Call* const end = lives_.end_of(op);
        if (end == nullptr) return session_.final_has(op);
        return end->invoked > read.returned && has(end->ops, op);
    }

    static void remember(Visitor& visitor, const Call& call) {
        if (call.kind == CallKind::Write) visitor.own = united(visitor.own, {call.op});
        if (call.kind != CallKind::Read) return;
        if (call.flags.stale)
            for (const Ops* ops : {&visitor.own, &visitor.seen})
                for (const OpId op : *ops)
                    if (!has(call.ops, op)) visitor.told.insert(op);
        visitor.seen = united(visitor.seen, call.ops);
    }

    void check_visitor(const Call& read, const Visitor& visitor) {
        Ops own;
        Ops seen;
        const auto is_missing = [&](OpId op) {
            return !has(read.ops, op) && visitor.told.count(op) == 0 && is_due(op, read);
        };
        for (const OpId op : visitor.own)
            if (is_missing(op)) own.push_back(op);
        for (const OpId op : visitor.seen)
            if (!has(visitor.own, op) && is_missing(op)) seen.push_back(op);
        if (!own.empty()) report_.add(Finding::OwnUnseen, read, "without change " + shown(own));
        if (!seen.empty()) report_.add(Finding::SeenUnseen, read, "without change " + shown(seen));
    }

    // When everything has settled everybody sees everything.
    void check_settled(const Call& read) {
        if (session_.final == nullptr) return;
        Ops missing;
        for (const OpId op : session_.final->ops)
            if (!has(read.ops, op) && is_due(op, read)) missing.push_back(op);
        if (!missing.empty())
            report_.add(Finding::Diverged, read, "without change " + shown(missing));
    }

    // Every version contains all that it was made from; only a wrong merge tears that apart.
    void check_causes(const Call& read) {
        for (const OpId op : read.ops) {
            const auto write = writes_.find(op);
            if (write == writes_.end()) continue;
            const Ops& causes = write->second->ops;
            if (std::includes(read.ops.begin(), read.ops.end(), causes.begin(), causes.end()))
                continue;
            for (const OpId cause : causes) {
                if (has(read.ops, cause) || !is_due(cause, read)) continue;
                const bool is_own = writes_.at(cause)->client == write->second->client;
                report_.add(is_own ? Finding::WriteOrder : Finding::CauseUnseen, read,
                            "change " + shown({op}) + " without " + shown({cause}) +
                                ", which it was made from");
            }
        }
    }

    const SessionHistory& session_;
    const Lives lives_;
    const int copies_;
    Report& report_;
    std::unordered_map<OpId, const Call*> writes_;
    std::unordered_map<int, std::vector<const Call*>> told_;  // stale reads, by client
};

std::uint64_t collisions_of(const SessionHistory& session) {
    std::uint64_t sum = 0;
    for (const Call* call : session.calls) sum += call->flags.collisions;
    return sum;
}

// Nobody knows whose the losses are that were counted aside: they cover those of any session.
void report_losses(const std::vector<const Call*>& lost, std::uint64_t counted,
                   std::uint64_t& aside, Report& report) {
    const std::uint64_t known = counted + aside;
    if (lost.size() <= counted) return;
    const std::uint64_t from_aside = std::min<std::uint64_t>(aside, lost.size() - counted);
    aside -= from_aside;
    const std::uint64_t covered = counted + from_aside;
    for (std::size_t i = covered; i < lost.size(); ++i)
        report.add(known == 0 ? Finding::UncountedLoss : Finding::MiscountedLoss, *lost[i],
                   "change " + std::to_string(lost[i]->op) + ", " + std::to_string(covered) +
                       " of " + std::to_string(lost.size()) + " losses were counted");
}

}  // namespace

void balance(const History& history, Report& report) {
    std::uint64_t aside = history.collisions_aside;
    for (const SessionHistory& session : by_session(history)) {
        SessionLedger ledger(session, history.copies, report);
        report_losses(ledger.uncovered(), collisions_of(session), aside, report);
        ledger.check_guarantees();
    }
}

}  // namespace sessmirror::simulation
