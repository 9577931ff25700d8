// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/release.h"

#include "store/lock_item.h"

namespace sessmirror::store {

using wire::ReplyCode;

ReleaseOperation::ReleaseOperation(MemcachedHost& host, const SessionKey& key, const HeldLock& lock,
                                   TimePoint deadline, StoreSink* sink)
    : MemcachedOperation(host, key, deadline, sink), lock_(lock) {}

void ReleaseOperation::start() {
    // Who breaks a dead owner's lock knows its name, not its CAS.
    if (lock_.cas == 0)
        read_owner();
    else
        erase(lock_.cas);
}

void ReleaseOperation::read_owner() {
    reads_owner_ = true;
    wire::Packet& packet = host_.link().packet();
    packet.get({.key = lock_key(key_), .value = true, .cas = true});
    host_.link().send(this, {.deadline = deadline_});
}

void ReleaseOperation::erase(Cas cas) {
    reads_owner_ = false;
    ++tries_;
    wire::Packet& packet = host_.link().packet();
    packet.erase({lock_key(key_), cas});
    host_.link().send(this, {.deadline = deadline_, .may_lie = true});
}

bool ReleaseOperation::on_replies(std::span<wire::Reply> replies) noexcept {
    const wire::Reply& reply = replies.front();
    if (reply.code == ReplyCode::ServerError) {
        fail(store_error(reply));
        return true;
    }
    return reads_owner_ ? take_owner(reply) : take_erased(reply);
}

bool ReleaseOperation::take_owner(const wire::Reply& reply) {
    if (reply.code == ReplyCode::Miss) {
        finish(false);
        return true;
    }
    if (reply.code != ReplyCode::Value || !reply.has_cas || !is_about(reply, lock_key(key_)))
        return false;
    const bool is_ours = read_lock_item(as_text(reply.value)) == lock_.owner;
    if (is_ours && tries_ < kMaxTries)
        erase(reply.cas);
    else
        finish(false);
    return true;
}

bool ReleaseOperation::take_erased(const wire::Reply& reply) {
    if (reply.code == ReplyCode::Exists)
        read_owner();
    else if (reply.code == ReplyCode::Done || reply.code == ReplyCode::NotFound)
        finish(reply.code == ReplyCode::Done);
    else
        return false;
    return true;
}

void ReleaseOperation::fail(const Error& why) {
    answer(&StoreSink::on_release, Result<ReleaseReply>(why));
}

}  // namespace sessmirror::store
