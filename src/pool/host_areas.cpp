// SPDX-License-Identifier: BSD-3-Clause
#include "pool/host_areas.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "pool/process_identity.h"

namespace sessmirror::pool {
namespace {

// Of the largest pages that Linux knows as the usual ones, so that what is unmapped is whole pages.
constexpr std::size_t kAlignment = 64 * 1024;
constexpr std::size_t kDirectorySize = kAlignment;
constexpr std::size_t kAreaSize = (sizeof(HostPage) + kAlignment - 1) / kAlignment * kAlignment;
static_assert(HostAreas::kAreas * sizeof(std::uint64_t) <= kDirectorySize);

char* map(void* where, std::size_t size, int flags) noexcept {
    void* const memory =
        mmap(where, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

constexpr std::size_t shared_size(std::size_t areas) noexcept {
    return kDirectorySize + areas * kAreaSize;
}

}  // namespace

// Processes that were started apart from each other find out who is alive, if they can tell.
std::unique_ptr<HostAreas> HostAreas::make(std::uint64_t otherwise) noexcept {
    const std::uint64_t space = process_space();
    const std::uint64_t host_id = std::max<std::uint64_t>(space != 0 ? space : otherwise, 1);
    for (std::size_t areas = kAreas; areas > 0; areas /= 2) {
        const std::size_t size = shared_size(areas) + kAreaSize;
        char* const begin = map(nullptr, size, MAP_SHARED);
        if (begin == nullptr) continue;
        // The last one is nobody's but the process's own, and copied when that forks.
        if (map(begin + shared_size(areas), kAreaSize, MAP_PRIVATE | MAP_FIXED) != nullptr) {
            auto* const made = new (std::nothrow) HostAreas(begin, areas, host_id, space);
            if (made != nullptr) return std::unique_ptr<HostAreas>(made);
        }
        munmap(begin, size);
    }
    return nullptr;
}

HostAreas::HostAreas(char* begin, std::size_t areas, std::uint64_t host_id,
                     std::uint64_t space) noexcept
    : begin_(begin),
      size_(shared_size(areas) + kAreaSize),
      areas_(areas),
      host_id_(host_id),
      space_(space) {}

HostAreas::~HostAreas() {
    munmap(begin_, size_);
}

HostAreas::Owner* HostAreas::directory() const noexcept {
    return reinterpret_cast<Owner*>(begin_);
}

// Zeroes are a page. The one after the last area is the private one.
HostPage& HostAreas::area(std::size_t index) const noexcept {
    return *reinterpret_cast<HostPage*>(begin_ + shared_size(index));
}

HostPage& HostAreas::claim(uid_t user) noexcept {
    std::size_t index = 0;
    for (; index < areas_; ++index) {
        std::uint64_t owner = 0;
        const std::uint64_t mine = std::uint64_t{user} + 1;
        if (directory()[index].compare_exchange_strong(owner, mine) || owner == mine) break;
    }
    HostPage& page = area(index);
    std::uint64_t unnamed = 0;
    if (page.host_id.compare_exchange_strong(unnamed, host_id_)) page.process_space = space_;
    return page;
}

void HostAreas::keep_only(HostPage& page) noexcept {
    char* const first = reinterpret_cast<char*>(&page);
    munmap(begin_, static_cast<std::size_t>(first - begin_));
    char* const behind = first + kAreaSize;
    const auto rest = static_cast<std::size_t>(begin_ + size_ - behind);
    if (rest > 0) munmap(behind, rest);
    begin_ = first;
    size_ = kAreaSize;
    kept_ = &page;
}

HostPage& HostAreas::page() noexcept {
    const std::lock_guard lock(mutex_);
    if (kept_ != nullptr) return *kept_;
    const uid_t user = geteuid();
    HostPage& page = claim(user);
    if (user != 0) keep_only(page);
    return page;
}

}  // namespace sessmirror::pool
