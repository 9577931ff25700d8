// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/fetch.h"

#include <algorithm>
#include <utility>

#include "base/allocation.h"
#include "store/lock_item.h"
#include "store/memcached/expiry_item.h"
#include "store/memcached/ttl.h"
#include "store/memcached/withdrawals.h"

namespace sessmirror::store {

using wire::ReplyCode;

FetchOperation::FetchOperation(MemcachedHost& host, const FetchRequest& request, StoreSink* sink)
    : MemcachedOperation(host, request.key, request.deadline, sink),
      want_(request.want),
      wants_hint_(request.hint),
      claim_(request.lock) {}

void FetchOperation::start() {
    claims_ = 0;
    asks_holder_ = claim_ && claim_->contended;
    ghost_ = 0;
    read_again_ = false;
    reply_ = FetchReply{};
    ask();
}

void FetchOperation::ask() {
    is_classic_ = host_.link().is_classic();
    const bool claims = claim_ && reply_.lock != LockState::Granted;
    claims&& is_classic_ ? claim() : read(claims);
}

void FetchOperation::put_claim(wire::Packet& packet) {
    const ItemName lock = lock_key(key_);
    if (ghost_ != 0) packet.erase({lock, ghost_});
    packet.set({.key = lock,
                .mode = wire::SetMode::Add,
                .ttl_s = item_ttl(claim_->lease_s, host_.link().unix_seconds()),
                .return_cas = true},
               as_bytes(claim_->owner.view()));
    ++claims_;
}

// A packet of its own, in the classic dialect: a server writes its answers behind each `gets`, and
// one that then finds its client gone reads no further, so that no withdrawal behind it counts.
void FetchOperation::claim() {
    phase_ = Phase::Claim;
    put_claim(host_.link().packet());
    host_.link().send(
        this, {.deadline = deadline_, .withdrawal = claimant(), .claims_lock = ghost_ == 0});
}

void FetchOperation::read(bool claims) {
    phase_ = Phase::Item;
    LinkTerms terms{.deadline = deadline_};
    if (want_ == Want::Value || is_classic_) terms.values = host_.link().whole_session();
    wire::Packet& packet = host_.link().packet();
    if (claims) put_claim(packet);
    if (claims ? asks_holder_ : is_classic_ && claim_) {
        packet.get({.key = lock_key(key_), .value = true, .cas = true});
        packet.get({.key = withdrawals_key(key_), .value = true});
    }
    if (claims || reply_.lock == LockState::Granted) {
        terms.withdrawal = claimant();
        terms.claims_lock = claims && ghost_ == 0;
    }
    if (wants_hint_) packet.get({.key = hint_key(key_), .value = true});
    if (is_classic_) packet.get({.key = expiry_key(key_), .value = true});
    packet.get({.key = key_.text(),
                .value = want_ == Want::Value,
                .cas = true,
                .client_flags = true,
                .ttl = true});
    host_.link().send(this, std::move(terms));
}

bool FetchOperation::on_replies(std::span<wire::Reply> replies) noexcept {
    for (const wire::Reply& reply : replies) {
        if (reply.code != ReplyCode::ServerError) continue;
        release_quietly();
        fail(store_error(reply));
        return true;
    }
    switch (phase_) {
        case Phase::Claim:
            return take_claim(replies.back());
        case Phase::Item:
            return take_item(replies);
        case Phase::Chunks:
            return take_chunks(replies);
    }
    return false;
}

bool FetchOperation::take_claim(const wire::Reply& added) {
    if (added.code != ReplyCode::Done && added.code != ReplyCode::NotStored) return false;
    const bool is_granted = added.code == ReplyCode::Done;
    ghost_ = 0;
    reply_.lock = is_granted ? LockState::Granted : LockState::Held;
    reply_.holder = is_granted ? HeldLock{claim_->owner, 0} : HeldLock{};
    read(false);
    return true;
}

bool FetchOperation::take_item(std::span<wire::Reply> replies) {
    wire::Reply& item = replies.back();
    if (!is_about(item, key_.text())) return false;
    if (is_classic_ && want_ == Want::Version) forget_value(item);
    const bool has_value = item.code == ReplyCode::Value;
    if (item.code != ReplyCode::Miss && (!item.has_cas || has_value != (want_ == Want::Value) ||
                                         (!has_value && item.code != ReplyCode::Done)))
        return false;
    auto before = replies.first(replies.size() - 1);
    if (is_classic_) {
        const wire::Reply& expiry = before.back();
        if (!is_about(expiry, expiry_key(key_))) return false;
        item.ttl_left_s = ttl_left(as_text(expiry.value), host_.link().unix_seconds());
        before = before.first(before.size() - 1);
    }
    if (wants_hint_) {
        if (!is_about(before.back(), hint_key(key_))) return false;
        reply_.hint = take_hint(before.back().value);
        before = before.first(before.size() - 1);
    }
    if (!before.empty()) {
        const Claim claim = take_lock(before);
        if (claim == Claim::Unusable) return false;
        if (claim == Claim::Again) {
            ask();
            return true;
        }
    }
    return take_value(item);
}

FetchOperation::Claim FetchOperation::take_lock(std::span<const wire::Reply> replies) {
    if (is_classic_) return take_lock_item(replies[0], replies[1]);
    const wire::Reply& added = replies[std::exchange(ghost_, 0) != 0 ? 1 : 0];
    if (added.code == ReplyCode::Done) {
        if (!added.has_cas) return Claim::Unusable;
        reply_.lock = LockState::Granted;
        reply_.holder = {claim_->owner, added.cas};
        return Claim::Settled;
    }
    if (added.code != ReplyCode::NotStored) return Claim::Unusable;
    reply_.lock = LockState::Held;
    reply_.holder = {};
    if (!std::exchange(asks_holder_, true)) return Claim::Again;
    return take_holder(replies[replies.size() - 2], replies.back());
}

// The answer to the claim did not tell the lock's CAS. 0, not known, if it has gone already.
FetchOperation::Claim FetchOperation::take_lock_item(const wire::Reply& present,
                                                     const wire::Reply& withdrawn) {
    if (reply_.lock != LockState::Granted) return take_holder(present, withdrawn);
    if (!is_about(present, lock_key(key_))) return Claim::Unusable;
    if (read_lock_item(as_text(present.value)) == claim_->owner) reply_.holder.cas = present.cas;
    return Claim::Settled;
}

FetchOperation::Claim FetchOperation::take_holder(const wire::Reply& present,
                                                  const wire::Reply& withdrawn) {
    const bool may_try_again = claims_ < kMaxClaims;
    if (present.code == ReplyCode::Miss)  // given up by its holder between our two commands
        return may_try_again ? Claim::Again : Claim::Settled;
    const bool is_usable = present.code == ReplyCode::Value && present.has_cas &&
                           is_about(present, lock_key(key_)) &&
                           is_about(withdrawn, withdrawals_key(key_));
    if (!is_usable) return Claim::Unusable;
    reply_.holder = {read_lock_item(as_text(present.value)), present.cas};
    const bool is_ghost = is_withdrawn(reply_.holder.owner, as_text(withdrawn.value));
    if (is_ghost && may_try_again) {
        ghost_ = present.cas;
        return Claim::Again;
    }
    // Our own claim, whose answer was lost with its connection.
    if (!is_ghost && reply_.holder.owner == claim_->owner) reply_.lock = LockState::Granted;
    return Claim::Settled;
}

bool FetchOperation::take_value(wire::Reply& item) {
    reply_.found = item.code != ReplyCode::Miss;
    if (!reply_.found) {
        finish();
        return true;
    }
    const Cas known = std::exchange(reply_.cas, item.cas);
    reply_.fingerprint = item.client_flags & ~kSplitFlag;
    reply_.ttl_left_s = item.ttl_left_s;
    reply_.value = std::move(item.value);
    reply_.has_value = want_ == Want::Value;
    const bool is_split = (item.client_flags & kSplitFlag) != 0;
    if (!is_split || want_ == Want::Version) {
        finish();
        return true;
    }
    const auto manifest = decode_manifest(reply_.value, host_.max_payload());
    if (!manifest) {
        hand_out_damaged();
        return true;
    }
    if (read_again_ && known == item.cas) {
        hand_out_absent();
        return true;
    }
    manifest_ = *manifest;
    host_.known_split() = KnownSplit{key_, reply_.cas, manifest_};
    ask_chunks();
    return true;
}

void FetchOperation::ask_chunks() {
    phase_ = Phase::Chunks;
    wire::Packet& packet = host_.link().packet();
    for (std::uint32_t i = 0; i < manifest_.count; ++i)
        packet.get({.key = chunk_key(key_, manifest_.attempt, i), .value = true});
    LinkTerms terms{.deadline = deadline_};
    terms.values = {manifest_.size_of(0), static_cast<std::size_t>(manifest_.total)};
    if (reply_.lock == LockState::Granted) terms.withdrawal = claimant();
    host_.link().send(this, std::move(terms));
}

bool FetchOperation::take_chunks(std::span<const wire::Reply> replies) {
    bool is_complete = true;
    bool is_sound = true;
    for (std::uint32_t i = 0; i < manifest_.count; ++i) {
        const bool is_there = replies[i].code == ReplyCode::Value;
        if (!is_there && replies[i].code != ReplyCode::Miss) return false;
        if (!is_about(replies[i], chunk_key(key_, manifest_.attempt, i))) return false;
        is_complete = is_complete && is_there;
        is_sound = is_sound && (!is_there || replies[i].value.size() == manifest_.size_of(i));
    }
    if (!is_sound) {
        hand_out_damaged();
        return true;
    }
    if (!is_complete) {
        // Perhaps the session was replaced and its old chunks deleted after we read the manifest.
        if (std::exchange(read_again_, true))
            hand_out_absent();
        else
            ask();
        return true;
    }
    reply_.value.resize(reply_.value.size() - Manifest::kSize);  // the header stays
    const std::size_t whole = reply_.value.size() + static_cast<std::size_t>(manifest_.total);
    if (!try_to_allocate([&] { reply_.value.reserve(whole); })) {
        fail(Error(Errc::OutOfMemory, "no memory for a session of %zu bytes", whole));
        return true;
    }
    for (const wire::Reply& chunk : replies)
        reply_.value.insert(reply_.value.end(), chunk.value.begin(), chunk.value.end());
    finish();
    return true;
}

// A header without its payload, which decodes to Errc::Corrupt.
void FetchOperation::hand_out_damaged() {
    reply_.value.resize(reply_.value.size() - std::min(reply_.value.size(), Manifest::kSize));
    finish();
}

// The server has evicted a chunk. What is left can be replaced, and is nobody's session.
void FetchOperation::hand_out_absent() {
    reply_.found = reply_.has_value = false;
    reply_.value.clear();
    finish();
}

void FetchOperation::finish() {
    if (sink_ == nullptr) release_quietly();  // nobody is left who would give the lock up
    answer(&StoreSink::on_fetch, Result<FetchReply>(std::move(reply_)));
}

void FetchOperation::fail(const Error& why) {
    // After a timeout the withdrawal is on its way already, and the store is in no state to answer.
    if (why.code != Errc::Timeout && why.code != Errc::OutOfTime) release_quietly();
    if (may_need_withdrawal(why)) withdraw();
    answer(&StoreSink::on_fetch, Result<FetchReply>(why));
}

// The connection went with the claim, which may have been granted or may yet be. In the classic
// dialect what was sent behind a question counts for nothing, see claim().
bool FetchOperation::may_need_withdrawal(const Error& why) const noexcept {
    if (!claim_) return false;
    const bool is_late = why.code == Errc::Timeout || why.code == Errc::OutOfTime;
    return why.code == Errc::Closed ||
           (is_classic_ && is_late && reply_.lock == LockState::Granted);
}

void FetchOperation::withdraw() {
    const std::string content = withdrawal_content(claimant());
    put_withdrawal(host_.link().packet(), key_, content);
    host_.link().send(nullptr, {.deadline = TimePoint::max(), .may_lie = true});
}

void FetchOperation::release_quietly() {
    if (std::exchange(reply_.lock, LockState::NotAsked) != LockState::Granted) return;
    host_.release(key_, reply_.holder, deadline_, nullptr);
}

}  // namespace sessmirror::store
