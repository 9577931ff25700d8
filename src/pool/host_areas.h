// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "pool/host_page.h"

namespace sessmirror::pool {

// The host pages of all users of one server: an area for each, in one anonymous shared mapping that
// is made before workers are forked, when nobody knows yet which users there will be. The first
// process of a user claims an area, and all others of that user find it. Then the process unmaps
// what belongs to others, for good: what it does from then on, with whatever code, reaches nobody
// else's area. (A process of root keeps all. It may be the server's own, whose children will be
// others'.)
//
// An area costs memory once it is written to. When all are taken, every further process keeps a
// page for itself: it then finds out alone which stores are down.
//
// Every member function may be called from any thread.
class HostAreas {
  public:
    static constexpr int kAreas = 64;

    // The areas are named in lock owners by this process's process_space(), or by `otherwise` where
    // that is not known. nullptr when the system has no memory. Where it has none for kAreas, there
    // are fewer.
    static std::unique_ptr<HostAreas> make(std::uint64_t otherwise) noexcept;
    ~HostAreas();
    HostAreas(const HostAreas&) = delete;
    HostAreas& operator=(const HostAreas&) = delete;

    // The page of this process's user: the same one in all calls, but in a process of root that has
    // become another user's. Lives as long as this.
    HostPage& page() noexcept;

  private:
    HostAreas(char* begin, std::size_t areas, std::uint64_t host_id, std::uint64_t space) noexcept;

    using Owner = std::atomic<std::uint64_t>;  // user + 1; 0: free
    [[nodiscard]] Owner* directory() const noexcept;
    [[nodiscard]] HostPage& area(std::size_t index) const noexcept;
    HostPage& claim(uid_t user) noexcept;
    void keep_only(HostPage& page) noexcept;

    // What is mapped: the directory, the areas, and a page that is shared with nobody.
    char* begin_;
    std::size_t size_;
    std::size_t areas_;
    std::uint64_t host_id_;
    std::uint64_t space_;
    std::mutex mutex_;
    HostPage* kept_ = nullptr;  // the only one that is left
};

}  // namespace sessmirror::pool
