// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace sessmirror::store {

// When a connection that has served before is silent in a way that no living host is: nothing of
// what was sent is even acknowledged by the other side's kernel, which does so also for a server
// that hangs. Then a firewall on the way may have forgotten the connection. One look decides,
// because a look costs a system call.
class SilenceWatch {
  public:
    // Something is about to be sent whose answer is awaited. The look is due at `due`, unless one
    // is due already.
    void begin(TimePoint due) noexcept {
        if (due_ == TimePoint::max()) due_ = due;
    }
    // So many bytes were sent.
    void sent(std::size_t bytes) noexcept {
        if (due_ != TimePoint::max()) sent_ += bytes;
    }
    // Something came, or the connection has ended.
    void end() noexcept {
        due_ = TimePoint::max();
        sent_ = 0;
    }
    // max: no look is due.
    [[nodiscard]] TimePoint due() const noexcept { return due_; }
    // The look. `unacknowledged` is how much of what was ever sent is not acknowledged.
    [[nodiscard]] bool is_silent(std::size_t unacknowledged) noexcept {
        const bool is_silent = sent_ != 0 && unacknowledged >= sent_;
        end();
        return is_silent;
    }

  private:
    TimePoint due_ = TimePoint::max();
    std::size_t sent_ = 0;  // since begin()
};

}  // namespace sessmirror::store
