// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "base/clock.h"
#include "base/journal.h"
#include "pool/health.h"

namespace sessmirror::pool {

// Tells the log when a store goes down and when it is back, once per host and without flooding it.
//
// "is down" is said at most once per kInterval and store. An outage that came too early for that is
// told by a later failure if it lasts, and by nobody if it does not (counted as NoticesDropped).
// "is back" is said exactly when the outage had been told, so that the last line about a store is
// always the truth.
class OutageNotices {
  public:
    static constexpr Duration kInterval = std::chrono::seconds(30);

    // All of these outlive this object. `is_alone`: it is the only store there is.
    OutageNotices(const std::string& store_name, bool is_alone, HostPage& page, Health& health,
                  const Clock& clock, Journal& journal) noexcept
        : name_(store_name),
          is_alone_(is_alone),
          page_(page),
          health_(health),
          clock_(clock),
          journal_(journal) {}

    // A request to a store that is down, or has just gone down (`is_new`), failed.
    void failed(const Error& reason, bool is_new) noexcept;
    // A request of this process failed for a reason that concerns no other. Said once per kInterval
    // and host, by whichever process it is.
    void failed_here(const Error& reason) noexcept;
    // The store is up and has refused to store a session, which has too few copies then.
    void refused(const Error& reason) noexcept;
    // The store answered; it had been down since then.
    void recovered(std::int64_t down_since_ns) noexcept;

  private:
    [[nodiscard]] bool may_tell() noexcept;

    const std::string& name_;
    const bool is_alone_;
    HostPage& page_;
    Health& health_;
    const Clock& clock_;
    Journal& journal_;
};

}  // namespace sessmirror::pool
