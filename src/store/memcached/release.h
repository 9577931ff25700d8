// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "store/memcached/operation.h"

namespace sessmirror::store {

// Deletes a lock item if its owner is the expected one, always by CAS. Before 1.6.24 memcached
// changes the CAS of an item that it moves in its memory, so on a mismatch the owner is read again.
// Safe to repeat: a lock that is no longer there is not deleted twice.
class ReleaseOperation final : public MemcachedOperation {
  public:
    ReleaseOperation(MemcachedHost& host, const SessionKey& key, const HeldLock& lock,
                     TimePoint deadline, StoreSink* sink);

    void start() override;
    bool on_replies(std::span<wire::Reply> replies) noexcept override;

  private:
    void fail(const Error& why) override;
    void read_owner();
    void erase(Cas cas);
    bool take_owner(const wire::Reply& reply);
    bool take_erased(const wire::Reply& reply);
    void finish(bool was_ours) { answer(&StoreSink::on_release, Result<ReleaseReply>({was_ours})); }

    static constexpr int kMaxTries = 4;
    const HeldLock lock_;
    bool reads_owner_ = false;
    int tries_ = 0;
};

}  // namespace sessmirror::store
