// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "replica/fallback_read.h"
#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// The read without a lock: the nearest copy is asked alone; if it is good and not in doubt,
// nothing is sent to another host. Anything else goes to FallbackRead, whose outcome is this one's.
class LocalFirstRead final : public Operation, private OperationListener {
  public:
    LocalFirstRead(const Environment& env, SessionView& view) noexcept
        : Operation(env), view_(view) {}

  private:
    void run() noexcept override;
    void on_fetch(int store, Result<store::FetchReply> reply) noexcept override;
    void on_done() noexcept override { finish(fallback_->outcome()); }

    SessionView& view_;
    std::optional<FallbackRead> fallback_;
};

}  // namespace sessmirror::replica
