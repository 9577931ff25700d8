// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/locks.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/hash.h"

namespace sessmirror::store {
namespace {

constexpr Cas kLockCas = 1;  // a lock has no versions

}  // namespace

std::uint64_t EmbeddedLocks::byte_of(const SessionKey& key) noexcept {
    return hash64(key.text()) >> 2;
}

void EmbeddedLocks::use(int file) noexcept {
    held_.clear();
    file_ = file;
}

Result<EmbeddedLocks::Claimed> EmbeddedLocks::claim(const SessionKey& key, const LockOwner& owner) {
    const std::uint64_t byte = byte_of(key);
    const auto known = std::ranges::find(held_, byte, &Held::byte);
    if (known != held_.end())
        return Claimed{known->owner == owner ? LockState::Granted : LockState::Held,
                       {known->owner, kLockCas}};
    held_.reserve(held_.size() + 1);  // nothing fails once the lock is taken
    const int number = lock_byte(file_, byte, ByteLock::Take);
    if (number == EAGAIN || number == EACCES) return Claimed{};
    if (number != 0)
        return Error(Errc::StoreError, "the embedded store cannot lock the session: %s",
                     std::strerror(number))
            .with_errno(number);
    held_.push_back({byte, owner});
    return Claimed{LockState::Granted, {owner, kLockCas}};
}

bool EmbeddedLocks::release(const SessionKey& key, const LockOwner& owner) noexcept {
    const std::uint64_t byte = byte_of(key);
    const auto held = std::ranges::find_if(
        held_, [&](const Held& lock) { return lock.byte == byte && lock.owner == owner; });
    if (held == held_.end()) return false;
    held_.erase(held);
    lock_byte(file_, byte, ByteLock::Release);
    return true;
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
