// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/fetch.h"

#ifdef SESSMIRROR_WITH_REDIS

#include <utility>

#include "store/lock_item.h"
#include "store/redis/names.h"
#include "store/redis/value.h"

namespace sessmirror::store {

using wire::RespReply;
using wire::RespType;

namespace {

// PTTL's answers besides milliseconds.
constexpr std::int64_t kNever = -1;
constexpr std::int64_t kAbsent = -2;

}  // namespace

void RedisFetch::start() {
    reply_ = {};
    LinkTerms terms{.deadline = deadline_};
    if (want_ == Want::Value) terms.values = host_.link().whole_session();
    wire::RespPacket& packet = host_.link().packet();
    if (wants_hint_) packet.command(2).add("GET").add(redis_hint_key(key_));
    if (claim_) {
        host_.link().call(Script::Claim, key_, 3).add(claim_->owner.view());
        packet.add_number(key_ttl(claim_->lease_s));
        packet.add_number(want_ == Want::Version ? record::Envelope::kVersionEnd : 0);
        terms.withdrawal = Claimant{key_, claim_->owner};
    }
    // A large value does not go through a script.
    if (want_ == Want::Value)
        packet.command(2).add("GET").add(key_.text());
    else if (!claim_)
        packet.command(4)
            .add("GETRANGE")
            .add(key_.text())
            .add("0")
            .add_number(record::Envelope::kVersionEnd - 1);
    if (!claim_) packet.command(2).add("PTTL").add(key_.text());
    host_.link().send(this, terms);
}

bool RedisFetch::take(std::span<RespReply> replies) {
    if (wants_hint_) {
        if (replies[0].type != RespType::Value && replies[0].type != RespType::Nil) return false;
        reply_.hint = take_hint(replies[0].value);
        replies = replies.subspan(1);
    }
    if (claim_ ? !take_claimed(replies) : !take_value(replies[0], replies[1])) return false;
    if (sink_ == nullptr) release_quietly();  // nobody is left who would give the lock up
    answer(&StoreSink::on_fetch, Result<FetchReply>(std::move(reply_)));
    return true;
}

bool RedisFetch::take_claimed(std::span<RespReply> replies) {
    std::span<RespReply> claimed = replies[0].elements;
    if (claimed.size() != 3) return false;
    const RespReply& owner = claimed[0];
    if (owner.type == RespType::Value) {
        reply_.lock = LockState::Held;
        reply_.holder.owner = read_lock_item(as_text(owner.value));
    } else if (owner.type == RespType::Integer) {
        reply_.lock = LockState::Granted;
        reply_.holder.owner = claim_->owner;
    } else {
        return false;
    }
    return take_value(want_ == Want::Value ? replies[1] : claimed[2], claimed[1]);
}

bool RedisFetch::take_value(RespReply& value, const RespReply& ttl) {
    if (ttl.type != RespType::Integer) return false;
    if (value.type != RespType::Value && (value.type != RespType::Nil || want_ == Want::Version))
        return false;
    // A range of what is absent is empty.
    const bool is_absent =
        value.type == RespType::Nil || (value.value.empty() && ttl.integer == kAbsent);
    reply_.found = !is_absent;
    if (is_absent) return true;
    reply_.cas = cas_in(value.value);
    reply_.fingerprint = record::fingerprint(
        {static_cast<std::uint32_t>(reply_.cas >> 32), static_cast<std::uint32_t>(reply_.cas)});
    reply_.ttl_left_s = ttl.integer == kNever ? -1 : std::max(ttl.integer, std::int64_t{0}) / 1000;
    reply_.has_value = want_ == Want::Value;
    if (reply_.has_value) reply_.value = std::move(value.value);
    return true;
}

void RedisFetch::refused(const Error& why) {
    if (claim_) host_.release(key_, {claim_->owner, 0}, deadline_, nullptr);
    answer(&StoreSink::on_fetch, Result<FetchReply>(why));
}

void RedisFetch::fail(const Error& why) {
    // A withdrawal, if it was claimed, went in front of the connection's end, unless the connection
    // went with the claim.
    if (why.code == Errc::Closed && claim_)
        host_.release(key_, {claim_->owner, 0}, deadline_, nullptr);
    answer(&StoreSink::on_fetch, Result<FetchReply>(why));
}

void RedisFetch::release_quietly() {
    if (reply_.lock == LockState::Granted) host_.release(key_, reply_.holder, deadline_, nullptr);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
