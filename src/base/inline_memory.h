// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>

namespace sessmirror {

// Memory inside of an object for its own containers (of std::pmr), which as a rule need no more;
// what they need beyond it is allocated. Nothing is used twice: only for what grows, and goes as a
// whole. Declare it before the containers. Not copied, nor is who has one.
template <std::size_t kBytes>
class InlineMemory {
  public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what is not used is not cleared
    InlineMemory() noexcept : resource_(bytes_.data(), bytes_.size()) {}
    InlineMemory(const InlineMemory&) = delete;
    InlineMemory& operator=(const InlineMemory&) = delete;

    [[nodiscard]] std::pmr::memory_resource* get() noexcept { return &resource_; }

  private:
    alignas(std::max_align_t) std::array<std::byte, kBytes> bytes_;
    std::pmr::monotonic_buffer_resource resource_;
};

}  // namespace sessmirror
