// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/request.h"

#include <algorithm>
#include <utility>

namespace sessmirror::simulation {
namespace {

using pool::Counter;

constexpr Duration kAfterResponse = milliseconds(1);

// Faults that can take a lock away from its holder.
int lock_faults(const SimNode& node) noexcept {
    return node.outages() + node.lock_evictions();
}

}  // namespace

Request::Request(Worker& worker, RequestPlan plan, Witness& witness, History& history,
                 std::function<void(const Token&)> on_response)
    : worker_(worker),
      plan_(plan),
      witness_(witness),
      history_(history),
      on_response_(std::move(on_response)),
      key_(key_of_session(plan.session)) {}

void Request::start() {
    worker_.busy = true;
    worker_.on_killed = [this] { killed(); };
    worker_.process.run([this] { read(); });
}

void Request::read() {
    begin_call(CallKind::Read);
    in_reach_ = witness_.copies_in_reach(worker_.host_index, key_);
    worker_.policy->set_token(plan_.token);
    worker_.policy->read(key_, plan_.created, *this);
}

void Request::on_read(ReadResult result) noexcept {
    const Witness::Standing stood = witness_.newest_that_stood(worker_.host_index, key_, in_reach_);
    Call& call = history_.calls[*call_];
    call.reachable = stood.version;
    call.reachable_is_tombstone = stood.is_tombstone;
    call.found = result.found;
    call.version = result.version;
    call.ops = decode_ops(result.payload);
    std::sort(call.ops.begin(), call.ops.end());
    end_call(result.outcome);
    seen_ = call.ops;
    loaded_ = std::move(result);
    if (!loaded_.outcome) return close_and_respond();
    if (plan_.early_headers) open_token_ = worker_.policy->open_token();
    begin_hold(loaded_);
    worker_.process.post(plan_.computing, [this] { act(); });
}

void Request::act() {
    switch (plan_.action) {
        case RequestPlan::Action::Change:
            return change();
        case RequestPlan::Action::Destroy:
            end_hold();
            begin_change(CallKind::Destroy);
            return worker_.policy->destroy();
        case RequestPlan::Action::Keep:
            if (!loaded_.found) return close_and_respond();
            return worker_.policy->keep();
    }
}

void Request::change() {
    std::vector<OpId> ops = decode_ops(loaded_.payload);
    ops.push_back(plan_.op);
    payload_ = encode_ops(ops);
    end_hold();
    begin_change(CallKind::Write).op = plan_.op;
    worker_.policy->write(payload_);
}

void Request::on_stored(Status outcome) noexcept {
    if (call_) {
        Call& call = history_.calls[*call_];
        const auto& put = worker_.last_put;
        // A write that found the session destroyed turns into a tombstone and stores nothing.
        if (put.is_tombstone == (call.kind == CallKind::Destroy)) {
            call.version = put.version;
            call.parent = put.parent;
        }
        end_call(outcome);
    }
    close_and_respond();
}

void Request::close_and_respond() {
    end_hold();
    worker_.policy->close();
    worker_.on_killed = nullptr;
    note_received();
    on_response_(open_token_ ? open_token_ : worker_.policy->news());
    if (plan_.does_chores) worker_.policy->after_response();
    worker_.process.post(kAfterResponse, [this] { worker_.busy = false; });
}

void Request::note_received() {
    for (const std::size_t call : calls_)
        history_.calls[call].received = worker_.process.world().now();
}

void Request::killed() {
    // The call under way stays Info: nobody knows what it did.
    if (call_ && history_.calls[*call_].kind != CallKind::Read) {
        history_.calls[*call_].version = worker_.last_put.version;
        history_.calls[*call_].parent = worker_.last_put.parent;
    }
    end_hold();
    on_response_(std::nullopt);
}

Call& Request::begin_call(CallKind kind) {
    worker_.collect();
    counts_before_ = worker_.counts;
    paused_before_ = worker_.process.paused_time();
    worker_.last_put = {};
    worker_.key = key_;
    call_ = history_.calls.size();
    calls_.push_back(*call_);
    Call& call = history_.calls.emplace_back();
    call.client = plan_.client;
    call.worker = worker_.number;
    call.host = worker_.host_index;
    call.session = plan_.session;
    call.sent = plan_.sent;
    call.by_stranger = plan_.by_stranger;
    if (plan_.token) call.token = plan_.token->version;
    call.invoked = worker_.process.world().now();
    call.kind = kind;
    call.after_heal = plan_.after_heal;
    return call;
}

Call& Request::begin_change(CallKind kind) {
    Call& call = begin_call(kind);
    call.found = loaded_.found;
    call.ops = seen_;
    return call;
}

void Request::end_call(const Status& outcome) {
    worker_.collect();
    const auto growth = [this](Counter counter) {
        return worker_.counted(counter) - counts_before_[static_cast<std::size_t>(counter)];
    };
    const auto grew = [&](Counter counter) { return growth(counter) > 0; };
    Call& call = history_.calls[*call_];
    call.returned = worker_.process.world().now();
    call.paused = worker_.process.paused_time() - paused_before_;
    call.status = outcome ? CallStatus::Ok : CallStatus::Fail;
    if (!outcome) call.error = describe(outcome.error().code);
    const bool has_lost =
        grew(Counter::Collisions) || (grew(Counter::Conflicts) && !grew(Counter::Merges));
    call.flags = {has_lost,
                  grew(Counter::Failovers),
                  grew(Counter::LocksLost),
                  grew(Counter::DegradedWrites),
                  grew(Counter::LockWaits),
                  grew(Counter::StaleReads),
                  static_cast<std::uint32_t>(growth(Counter::Collisions))};
    call_.reset();
}

void Request::begin_hold(const ReadResult& result) {
    if (result.lock_store < 0) return;
    SimNode& node = worker_.node(result.lock_store);
    const SimNode::Lock* lock = node.find_lock(key_.text());
    // Granted and gone again before this worker came to know: it holds nothing for any time.
    if (lock == nullptr || !(lock->owner == result.lock_owner)) return;
    const Duration now = worker_.process.world().now();
    hold_ = Hold{plan_.session, worker_.number, result.lock_store, now, now, false};
    hold_owner_ = result.lock_owner;
    hold_faults_ = lock_faults(node);
    lease_end_ = lock->expires;
}

void Request::end_hold() {
    if (!hold_) return;
    const Duration now = worker_.process.world().now();
    SimNode& node = worker_.node(hold_->store);
    const SimNode::Lock* lock = node.find_lock(key_.text());
    const bool still_ours = lock != nullptr && lock->owner == hold_owner_;
    const bool faulted = lock_faults(node) != hold_faults_;
    hold_->to = std::min(now, lease_end_);
    hold_->broken = !still_ours && now < lease_end_;
    // A store that lost its locks, or has reloaded old ones, has taken it away and may have given
    // it back: nobody knows when.
    if (!faulted) history_.holds.push_back(*hold_);
    hold_.reset();
}

}  // namespace sessmirror::simulation
