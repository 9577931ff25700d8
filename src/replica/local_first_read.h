// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "replica/fallback_read.h"
#include "replica/hedge.h"
#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// The read without a lock: the nearest copy is asked alone; if it is good, not in doubt and as new
// as what the client has seen, nothing is sent to another host. Anything else goes to FallbackRead,
// whose outcome is this one's.
//
// When the first answer is late, the next nearest copy is asked as well (Hedge), and the first good
// one is taken. Not where second opinions are wanted:
//
// Two cases ask for second opinions, which are versions without payloads: the policies `probe` and
// `majority` always do, beside the first question; an open token asks the home, since a write that
// the home does not know was not made. All must agree with the copy at hand.
class LocalFirstRead final : public Operation, private OperationListener, private HedgeListener {
  public:
    LocalFirstRead(const Environment& env, SessionView& view) noexcept
        : Operation(env), view_(view), hedge_(env, *this) {}

  private:
    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void on_done() noexcept override { finish(fallback_->outcome()); }
    void on_late() noexcept override;

    void ask(int store, store::Want want) noexcept;
    void ask_opinions(int count) noexcept;
    [[nodiscard]] bool all_agree() noexcept;
    [[nodiscard]] bool is_settled() noexcept;
    void conclude() noexcept;

    SessionView& view_;
    int reader_ = -1;
    int pending_ = 0;
    std::uint64_t asked_ = 0;  // a bit per store
    Hedge hedge_;
    bool is_hedged_ = false;
    std::optional<FallbackRead> fallback_;
};

}  // namespace sessmirror::replica
