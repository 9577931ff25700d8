// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace sessmirror::store {

// The clock of a server, as far as its answers tell: "1764583200.123", seconds since 1970. It is
// estimated too early by as long as an answer takes on its way, never too late.
class ServerTime {
  public:
    // An answer that came at `now` told this. Accepts any input; what is no time is passed over.
    void note(std::string_view told, TimePoint now) noexcept;
    // What the server's clock says at that moment, as a number for a statement.
    [[nodiscard]] std::string at(TimePoint moment) const;
    [[nodiscard]] bool is_known() const noexcept { return is_known_; }

  private:
    bool is_known_ = false;
    std::int64_t ms_ = 0;  // of the server's clock, at noted_
    TimePoint noted_{};
};

}  // namespace sessmirror::store
