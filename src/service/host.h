// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>

#include "pool/host_page.h"

namespace sessmirror::service {

// What all workers of this host share, for callers that see services only. Made once per process
// tree, before any worker is forked, and outlived by no SessionService; a forked child has the same
// page. Also does what the core needs done once per process: the random generator of libsodium,
// the fork hook. Every member function may be called from any thread.
class Host {
  public:
    // nullptr when the system has no memory for the page, or no randomness.
    static std::unique_ptr<Host> make() noexcept;

    [[nodiscard]] pool::HostPage& page() const noexcept { return *page_; }

    // Names this life of the host: drawn at make(), the same in all workers. Never 0.
    [[nodiscard]] std::uint64_t id() const noexcept;

    static constexpr int kCounters = static_cast<int>(pool::Counter::kCount);
    struct CounterValue {
        const char* name;  // "local_hits"; static
        std::uint64_t value;
    };
    // REQUIRES: 0 <= index < kCounters
    [[nodiscard]] CounterValue counter(int index) const noexcept;

    // The libraries in use, with their versions: "libevent 2.1.12, ...". Static.
    static const char* libraries() noexcept;

  private:
    explicit Host(pool::HostPagePtr page) noexcept : page_(std::move(page)) {}
    pool::HostPagePtr page_;
};

}  // namespace sessmirror::service
