// SPDX-License-Identifier: BSD-3-Clause
#include "service/pending_releases.h"

#include <algorithm>

namespace sessmirror::service {

void PendingReleases::start(pool::Pool& pool, int store, const store::SessionKey& key,
                            const store::HeldLock& lock, int ticket, TimePoint deadline) {
    Release& release = free_release();
    release.ticket = ticket;
    release.is_pending = true;
    ++pending_;
    none_ = false;
    pool.store(store).release(key, lock, deadline, &release);
}

PendingReleases::Release& PendingReleases::free_release() {
    const auto free = std::find_if(releases_.begin(), releases_.end(),
                                   [](const auto& release) { return !release->is_pending; });
    if (free != releases_.end()) return **free;
    return *releases_.emplace_back(std::make_unique<Release>(*this));
}

void PendingReleases::end(Release& release, bool answered) noexcept {
    answered ? locks_.leave(release.ticket) : locks_.abandon(release.ticket);
    release.is_pending = false;
    none_ = --pending_ == 0;
}

}  // namespace sessmirror::service
