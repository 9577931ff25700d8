// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "net/event_loop.h"
#include "replica/refill.h"

namespace sessmirror::service {

// Compares every store of a pool with its peers, one after the other, and copies what it lacks:
// what the workers do by and by, for an administrator who wants it done now. Everything it is given
// outlives it.
class WholeRefill {
  public:
    WholeRefill(const replica::Environment& env, replica::Refill::Scope scope);

    // Works for a while, and leaves nothing on its way.
    void step(net::EventLoop& loop, Duration time);
    [[nodiscard]] bool is_over() const noexcept {
        return static_cast<int>(outcomes_.size()) == env_.pool.size();
    }
    // How much of it is done: 0 to 1, which it may say a little before it is over.
    [[nodiscard]] double progress() const noexcept;
    // Of the stores that were done, in their order.
    [[nodiscard]] const std::vector<Status>& outcomes() const noexcept { return outcomes_; }

  private:
    void begin_store();
    void end_store();
    void pause(net::EventLoop& loop);

    replica::Environment env_;
    replica::Refill::Scope scope_;
    std::vector<Status> outcomes_;
    std::vector<std::uint64_t> servers_;  // replica::Refill::server(), in the same order
    std::unique_ptr<replica::Refill> refill_;
};

}  // namespace sessmirror::service
