// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/put.h"

#ifdef SESSMIRROR_WITH_REDIS

#include "store/explicit_cas.h"
#include "store/redis/value.h"

namespace sessmirror::store {
namespace {

// What the script replies with.
constexpr std::int64_t kConflict = 1;
constexpr std::int64_t kMissing = 2;
constexpr std::int64_t kLockLost = 4;

}  // namespace

RedisPut::RedisPut(RedisHost& host, const PutRequest& request, StoreSink* sink)
    : RedisOperation(host, request.key, request.deadline, sink),
      expected_(request.expected),
      cas_(cas_of(request.version)),
      ttl_s_(request.ttl_s),
      unlock_(request.unlock),
      header_(request.header),
      payload_(share(request)),
      hint_(request.hint.begin(), request.hint.end()) {}

void RedisPut::start() {
    const CasBytes expected = bytes_of(expected_);
    wire::RespPacket& packet = host_.link().call(Script::Put, key_, 5);
    packet.add(expected_ == 0 ? std::string_view() : as_text(expected));
    packet.add(header_.view(), payload_->view()).add_number(key_ttl(ttl_s_));
    packet.add(unlock_ ? unlock_->owner.view() : std::string_view()).add(as_text(hint_));
    host_.link().send(this, {.deadline = deadline_});
}

bool RedisPut::take(std::span<wire::RespReply> replies) {
    const wire::RespReply& reply = replies.front();
    if (reply.type != wire::RespType::Integer || reply.integer < 0 ||
        reply.integer > kMissing + kLockLost || (reply.integer & ~kLockLost) > kMissing)
        return false;
    PutReply out;
    out.lock_lost = (reply.integer & kLockLost) != 0;
    const std::int64_t outcome = reply.integer & ~kLockLost;
    out.outcome = outcome == kConflict  ? PutOutcome::Conflict
                  : outcome == kMissing ? PutOutcome::Missing
                                        : PutOutcome::Stored;
    if (out.outcome == PutOutcome::Stored) out.cas = cas_;
    answer(&StoreSink::on_put, Result<PutReply>(out));
    return true;
}

void RedisPut::refused(const Error& why) {
    if (unlock_) host_.release(key_, *unlock_, deadline_, nullptr);
    fail(why);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
