// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Asks the replicas that have not been asked yet, in parallel, and lets the newest copy win. Used
// when the first copy was missing, damaged, stale or in doubt, or its store did not answer: a miss
// on one replica means "unknown", never "no session".
//
// Two rounds, the second only if the first found nothing, or nothing as new as the client's token:
// the other members that are up; then every remaining store, members believed down and stores
// outside of the replica set (which may hold the session from before the list was changed).
//
// Outcome: success with the view's newest record, or with none when at least one store answered
// that it has no copy and no store had a damaged one; Errc::Corrupt when only damaged copies were
// found; Errc::NoStore when nobody answered, or no majority where one is asked for. When the token
// stays unmet, the read is marked stale in the view, counted and logged, and Policy::on_stale
// decides (Errc::Stale). Laggards are repaired in the background.
class FallbackRead final : public Operation {
  public:
    FallbackRead(const Environment& env, SessionView& view) noexcept
        : Operation(env), view_(view) {}

  private:
    enum class Round : std::uint8_t { Members, Everyone, Over };

    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    bool ask_round() noexcept;
    void advance() noexcept;
    [[nodiscard]] Round round_after(Round round) const noexcept;
    [[nodiscard]] int members_answered() noexcept;
    [[nodiscard]] bool every_member_answered() noexcept {
        return members_answered() == view_.set().copies();
    }
    Status conclude() noexcept;
    Status conclude_found() noexcept;
    Status conclude_not_found() noexcept;
    Status serve_stale() noexcept;

    SessionView& view_;
    Round round_ = Round::Members;
    int pending_ = 0;
    bool counted_ = false;
};

}  // namespace sessmirror::replica
