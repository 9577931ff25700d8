// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "simulation/cluster.h"
#include "simulation/history.h"
#include "simulation/policy.h"
#include "simulation/witness.h"

namespace sessmirror::simulation {

// What one page does with its session between open and close.
struct RequestPlan {
    enum class Action : std::uint8_t { Keep, Change, Destroy };
    int client = 0;
    int session = 0;
    Duration sent{};             // with this token
    Token token;                 // what the client's cookie says
    bool by_stranger = false;    // who has nothing but the session's id
    bool created = false;        // the page draws the session's id
    bool early_headers = false;  // they leave before the action: the client gets an open token
    bool does_chores = true;     // after the response: probes, refills and the like
    Action action = Action::Keep;
    OpId op = kNoOp;       // Change: what is added
    Duration computing{};  // between the read and the action
    bool after_heal = false;
};

// One page on one worker: read, compute, act, close; writes down what was called and what came
// back. Ends by itself, or with its worker's death. Makes the worker busy from start() to the end
// of its work after the response.
class Request final : private PolicyListener {
  public:
    // `on_response` is called once, when the visitor gets a page, with the token in its headers, or
    // loses the connection. All
    // arguments outlive the world's last event.
    Request(Worker& worker, RequestPlan plan, Witness& witness, History& history,
            std::function<void(const Token&)> on_response);
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    void start();

  private:
    void on_read(ReadResult result) noexcept override;
    void on_stored(Status outcome) noexcept override;

    void read();
    void act();
    void change();
    void close_and_respond();
    void killed();

    Call& begin_call(CallKind kind);
    Call& begin_change(CallKind kind);
    void end_call(const Status& outcome);
    void note_received();
    void begin_hold(const ReadResult& result);
    void end_hold();

    Worker& worker_;
    RequestPlan plan_;
    Witness& witness_;
    History& history_;
    std::function<void(const Token&)> on_response_;
    store::SessionKey key_;
    std::optional<std::size_t> call_;  // index in the history of the call under way
    std::vector<std::size_t> calls_;   // of all
    Duration paused_before_{};
    Counts counts_before_{};
    std::vector<Witness::Standing> in_reach_;
    Token open_token_;
    ReadResult loaded_;
    std::vector<OpId> seen_;  // of loaded_, ascending
    Bytes payload_;
    std::optional<Hold> hold_;
    store::LockOwner hold_owner_;
    int hold_faults_ = 0;
    Duration lease_end_{};
};

}  // namespace sessmirror::simulation
