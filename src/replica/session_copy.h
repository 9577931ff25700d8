// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Brings one session on one store up to the newest version that the other members have, when it is
// behind. Tombstones are copied like any other version, so a destroyed session stays destroyed.
// Lifetimes are kept. By compare-and-set on what was seen (or add), so it never buries what a
// request writes meanwhile; a version that the newest was not made from is reported first
// (forks.h).
//
// Compares versions first, so that a session which needs nothing costs no payload. Fails when a
// store that is up did not answer, when no complete member is up, or when the target did not take
// the copy: it has to be tried again before the store can be called complete.
class SessionCopy final : public Operation {
  public:
    SessionCopy(const Environment& env, const store::SessionKey& key, int target) noexcept
        : Operation(env), target_(target) {
        view_.reset(env.pool, key, env.policy.redundancy);
    }
    [[nodiscard]] bool copied() const noexcept { return copied_; }

  private:
    static constexpr int kMaxTries = 3;

    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void on_put(int store, Result<store::PutReply> reply) noexcept override;
    [[nodiscard]] bool is_askable() noexcept;
    void ask(store::Want want) noexcept;
    [[nodiscard]] bool may_be_behind() noexcept;
    void decide() noexcept;
    void put() noexcept;

    SessionView view_;
    int target_;
    store::Want want_ = store::Want::Version;
    int pending_ = 0;
    int tries_ = 0;
    bool copied_ = false;
};

}  // namespace sessmirror::replica
