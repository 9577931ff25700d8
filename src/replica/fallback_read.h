// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

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
// Whoever makes up ids must not make pages wait for a store that is down. So where neither a token
// vouches for the session nor every store in reach has lost what it held, such a store is given the
// time in which one that is back answers, not that in which one that hangs is found out: kBriefest,
// or twice the time after which its answers used to be late. A token vouches only where clients
// cannot forge it.
//
// A miss counts only from a store that holds all it should hold, unless every member has answered:
// one that is filling has lost what it held; one that has to be compared with its peers may lack
// what a client's token vouches for.
//
// An open token (FreshnessToken) is closed by all members together: the write that may have
// followed it can have reached any of them.
//
// Outcome: success with the view's newest record, or with none when it is known that there is none;
// Errc::Corrupt when only damaged copies were found; Errc::NoStore when nobody answered whose
// answer counts, or no majority where one is asked for. When the token stays unmet, the read is
// marked stale in the view, counted and logged, and Policy::on_stale decides (Errc::Stale); when
// nothing was found, and no miss counts, a new session would bury the missing one, so the read
// fails but where the policy asks for that. Laggards are repaired in the background.
class FallbackRead final : public Operation, private TimerSink {
  public:
    static constexpr Duration kBriefest = milliseconds(20);

    FallbackRead(const Environment& env, SessionView& view) noexcept
        : Operation(env), view_(view) {}

  private:
    enum class Round : std::uint8_t { Members, Everyone, Over };

    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void on_timer() noexcept override;
    bool ask_round() noexcept;
    void ask(int store) noexcept;
    void wait_briefly_for(int store) noexcept;
    void next_round() noexcept;
    void advance() noexcept;
    [[nodiscard]] Round round_after(Round round) noexcept;
    [[nodiscard]] int members_answered() noexcept;
    [[nodiscard]] bool every_member_answered() noexcept {
        return members_answered() == view_.set().copies();
    }
    Status conclude() noexcept;
    Status conclude_found() noexcept;
    Status conclude_not_found() noexcept;
    Status serve_stale() noexcept;
    [[nodiscard]] bool is_known(int store) noexcept;
    [[nodiscard]] bool is_worth_asking(int store) noexcept;
    [[nodiscard]] bool has_unread_version() noexcept;
    [[nodiscard]] bool is_vouched_for() noexcept;
    // A store that has to be compared with its peers may lack what it missed.
    enum class Trust : std::uint8_t { OnlyIfCompared, UnlessItLostAll };
    [[nodiscard]] bool has_credible_miss(Trust trust) noexcept;
    [[nodiscard]] Error no_credible_answer() noexcept;

    SessionView& view_;
    Round round_ = Round::Members;
    int pending_ = 0;
    std::uint64_t brief_ = 0;  // a bit for each store that is waited for briefly
    Duration brief_wait_ = kBriefest;
    std::unique_ptr<Timer> timer_;
    bool counted_ = false;
};

}  // namespace sessmirror::replica
