// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "replica/operation.h"
#include "replica/session_view.h"

namespace sessmirror::replica {

// Whether any replica of a session can be reached at all: probes the members in parallel and
// succeeds with the first answer; Errc::NoStore when none came. For a session whose id was just
// drawn, which needs no read, so that a start does not succeed where nothing can be stored.
class AliveCheck final : public Operation {
  public:
    AliveCheck(const Environment& env, SessionView& view) noexcept : Operation(env), view_(view) {}

  private:
    void run() noexcept override;
    void on_probe(int store, Status alive) noexcept override;

    SessionView& view_;
    int pending_ = 0;
    Error failures_{Errc::NoStore};
};

}  // namespace sessmirror::replica
