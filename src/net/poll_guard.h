// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

namespace sessmirror::net {

// Whether it pays to ask a socket again and again for a while before sleeping until it has
// something. A sleep costs a wake-up, which may take longer than a near store needs to answer;
// polling costs a processor that somebody else may need, the store itself if it runs on this host.
// So it tries, and where an answer did not come within the time it leaves out the next 1, 2, 4 ...
// kLongestRest waits: a store that is far, slow, or in need of this processor is soon hardly polled
// at all.
class PollGuard {
  public:
    static constexpr unsigned kLongestRest = 256;

    // Asked once for each wait.
    [[nodiscard]] bool is_worth_it() noexcept {
        if (rest_left_ == 0) return true;
        --rest_left_;
        return false;
    }
    // How polling has ended.
    void note(bool found) noexcept {
        rest_ = found ? 0 : std::clamp(2 * rest_, 1u, kLongestRest);
        rest_left_ = rest_;
    }

  private:
    unsigned rest_ = 0;
    unsigned rest_left_ = 0;
};

}  // namespace sessmirror::net
