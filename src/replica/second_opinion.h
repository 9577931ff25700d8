// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Asks every member for its copy of a session whose newest copy is sound as far as anybody here can
// tell, and yet holds what PHP cannot decode. A store that can count checksums may have made it up.
//
// A copy counts that holds something else, is a session's and no tombstone, and is as new as what
// the client has seen: then what was read cannot be the client's own last change. What the read had
// found beside the newest copy counts as well, since the newest may have taken its place by now. Of
// several the newest is taken.
//
// Outcome: success when there is such a copy, or when every member has said that it has none;
// otherwise the reason why a member could not be asked.
class SecondOpinion final : public Operation {
  public:
    SecondOpinion(const Environment& env, SessionView& view) noexcept
        : Operation(env), view_(view) {}

    [[nodiscard]] bool is_found() const noexcept { return !version_.is_none(); }
    // As PHP's serializer made it. Lives as long as this.
    [[nodiscard]] ByteView content() const noexcept { return content_; }

    [[nodiscard]] bool needs_every_answer() const noexcept override { return true; }

  private:
    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void consider(ByteView stored) noexcept;

    SessionView& view_;
    record::Version version_;
    Bytes content_;
    Status trouble_ = kOk;
    int pending_ = 0;
};

}  // namespace sessmirror::replica
