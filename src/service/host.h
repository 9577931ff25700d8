// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "pool/host_areas.h"

namespace sessmirror::service {

// What the workers of this host share, for callers that see services only. Made once per process
// tree, before any worker is forked, and outlived by no SessionService. The processes of one user
// have the same page, and nobody else's: see pool/host_areas.h. Also does what the core needs done
// once per process: the random generator of libsodium, the fork hook. Every member function may be
// called from any thread.
class Host {
  public:
    // nullptr when the system has no memory for the page, or no randomness.
    static std::unique_ptr<Host> make() noexcept;

    // Call first when the process has become the one that serves pages, as the user that it will
    // be: it lets go of what belongs to other users.
    [[nodiscard]] pool::HostPage& page() const noexcept { return areas_->page(); }

    // Names this life of the host, the same in all processes that can tell whether each other live.
    // Never 0.
    [[nodiscard]] std::uint64_t id() const noexcept;

    static constexpr int kCounters = static_cast<int>(pool::Counter::kCount);
    struct CounterValue {
        const char* name;  // "local_hits"; static
        std::uint64_t value;
    };
    // REQUIRES: 0 <= index < kCounters
    [[nodiscard]] CounterValue counter(int index) const noexcept;

    // When a session was last taken over from another handler; 0: never.
    [[nodiscard]] std::uint32_t last_import_unix() const noexcept;

    // The libraries in use, with their versions: "libevent 2.1.12, ...". Static.
    static const char* libraries() noexcept;

  private:
    explicit Host(std::unique_ptr<pool::HostAreas> areas) noexcept : areas_(std::move(areas)) {}
    std::unique_ptr<pool::HostAreas> areas_;
};

}  // namespace sessmirror::service
