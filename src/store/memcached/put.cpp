// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/put.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "store/explicit_cas.h"
#include "store/lock_item.h"
#include "store/memcached/expiry_item.h"
#include "store/memcached/ttl.h"

namespace sessmirror::store {
namespace {

using wire::ReplyCode;

// Key, item header and the server's own needs; 64 bytes and the key were measured.
constexpr std::uint64_t kItemOverhead = 1024;
// Smaller values need not know the item limit: the least that is supported is 16 KB.
constexpr std::uint64_t kFitsAnywhere = 16 * 1024 - 2 * kItemOverhead;
constexpr std::uint64_t kDefaultItemLimit = 1024 * 1024;

Bytes join(ByteView head, ByteView tail) {
    Bytes out;
    out.reserve(head.size() + tail.size());
    out.assign(head.begin(), head.end());
    out.insert(out.end(), tail.begin(), tail.end());
    return out;
}

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): of hint_, what is not used is not cleared
PutOperation::PutOperation(MemcachedHost& host, const PutRequest& request, StoreSink* sink)
    : MemcachedOperation(host, request.key, request.deadline, sink),
      version_(request.version),
      fingerprint_(request.fingerprint & ~kSplitFlag),
      ttl_s_(request.ttl_s),
      expected_(request.expected),
      expected_by_hint_(request.expected_by_hint),
      unlock_(request.unlock),
      header_(request.header),
      payload_(share(request)),
      hint_size_(std::min(request.hint.size(), hint_.size())) {
    std::copy_n(request.hint.begin(), hint_size_, hint_.begin());
}

// Gives up the lock if the put is given up before the packet that releases it was sent.
std::optional<Claimant> PutOperation::withdrawal() const {
    if (!unlock_) return std::nullopt;
    return Claimant{key_, unlock_->owner};
}

void PutOperation::start() {
    manifest_.reset();
    reply_ = PutReply{};
    must_release_ = unlock_.has_value();
    if (repeated_ && expected_by_hint_) {
        reply_.outcome = PutOutcome::Conflict;
        settle();
        return;
    }
    if (value_size() > kFitsAnywhere && !host_.link().item_limit())
        read_limit();
    else
        choose_layout();
}

// The same when the put is repeated: what the first try has stored may refer to it.
record::Version PutOperation::attempt() noexcept {
    if (attempt_.is_none())
        attempt_ = {version_.generation, std::max(::randombytes_random(), std::uint32_t{1})};
    return attempt_;
}

void PutOperation::read_limit() {
    phase_ = Phase::Limit;
    wire::Packet& packet = host_.link().packet();
    packet.stats_settings();
    host_.link().send(this,
                      {.deadline = deadline_, .is_special = true, .withdrawal = withdrawal()});
}

void PutOperation::choose_layout() {
    const std::uint64_t limit = host_.link().item_limit().value_or(kDefaultItemLimit);
    if (value_size() <= kFitsAnywhere || value_size() + kItemOverhead <= limit) {
        send_item();
        return;
    }
    constexpr std::uint64_t kSmallest = 2 * kItemOverhead;
    const auto chunk_size = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(limit, kSmallest, 1u << 30) - kItemOverhead);
    manifest_ = plan_split(attempt(), payload().size(), chunk_size);
    if (!manifest_ || limit < kSmallest) {
        manifest_.reset();
        error_ = Error(
            Errc::TooLarge, "%zu bytes do not fit into %.100s, whose item limit is %llu bytes",
            payload().size(), host_.link().name().c_str(), static_cast<unsigned long long>(limit));
        settle();
        return;
    }
    main_item_ = join(header_.view(), encode_manifest(*manifest_));
    send_chunks();
}

// Chunks first, and answered: once the item refers to them they have to be there.
void PutOperation::send_chunks() {
    phase_ = Phase::Chunks;
    wire::Packet& packet = host_.link().packet();
    const std::uint32_t now = host_.link().unix_seconds();
    std::size_t position = 0;
    for (std::uint32_t i = 0; i < manifest_->count; ++i) {
        const std::size_t size = manifest_->size_of(i);
        packet.set({.key = chunk_key(key_, manifest_->attempt, i), .ttl_s = chunk_ttl(ttl_s_, now)},
                   payload().subspan(position, size));
        position += size;
    }
    host_.link().send(this, terms(withdrawal()));
}

// A server of the other dialect would read the payload as commands.
LinkTerms PutOperation::terms(std::optional<Claimant> withdrawal) const {
    return {.deadline = deadline_,
            .withdrawal = std::move(withdrawal),
            .waits_for_greeting = !host_.link().knows_dialect()};
}

void PutOperation::send_item() {
    phase_ = Phase::Item;
    const bool chooses_cas = host_.link().has_explicit_cas();
    const std::uint32_t now = host_.link().unix_seconds();
    wire::Packet& packet = host_.link().packet();
    packet.set({.key = key_.text(),
                .mode = expected_ == 0 ? wire::SetMode::Add : wire::SetMode::Set,
                .ttl_s = item_ttl(ttl_s_, now),
                .client_flags = fingerprint_ | (manifest_ ? kSplitFlag : 0),
                .compare = expected_,
                .explicit_cas = chooses_cas ? cas_of(version_) : 0,
                .return_cas = true},
               manifest_ ? ByteView(main_item_) : header_.view(),
               manifest_ ? ByteView() : payload());
    if (hint_size_ != 0)
        packet.set({.key = hint_key(key_), .ttl_s = item_ttl(ttl_s_, now)}, hint());
    if (host_.link().is_classic())
        packet.set({.key = expiry_key(key_), .ttl_s = item_ttl(ttl_s_, now)},
                   as_bytes(expiry_text(ttl_s_, now)));
    if (unlock_ && unlock_->cas != 0) packet.erase({lock_key(key_), unlock_->cas});
    host_.link().send(this, terms());
}

void PutOperation::verify() {
    phase_ = Phase::Verify;
    wire::Packet& packet = host_.link().packet();
    packet.get({.key = key_.text(), .value = true, .cas = true});
    host_.link().send(this, {.deadline = deadline_, .values = host_.link().whole_session()});
}

bool PutOperation::on_replies(std::span<wire::Reply> replies) noexcept {
    switch (phase_) {
        case Phase::Limit:
            if (!is_limit(replies.front())) return false;
            choose_layout();
            return true;
        case Phase::Chunks:
            return take_chunks(replies);
        case Phase::Item:
            return take_item(replies);
        case Phase::Verify:
            return take_verified(replies.front());
    }
    return false;
}

// A proxy, or a server that is too old, does not tell its limit. What exceeds it is refused, and in
// the classic dialect nothing is lost by that.
bool PutOperation::is_limit(const wire::Reply& reply) const noexcept {
    if (host_.link().is_classic())
        return reply.code == ReplyCode::End || reply.code == ReplyCode::ServerError;
    return reply.code == ReplyCode::End && host_.link().item_limit();
}

bool PutOperation::take_chunks(std::span<const wire::Reply> replies) {
    for (const wire::Reply& reply : replies) {
        if (reply.code == ReplyCode::ServerError)
            error_ = store_error(reply);
        else if (reply.code != ReplyCode::Done)
            return false;
    }
    if (!error_) {
        send_item();
        return true;
    }
    erase_chunks(*manifest_);
    settle();
    return true;
}

bool PutOperation::take_item(std::span<const wire::Reply> replies) {
    if (unlock_ && unlock_->cas != 0) {
        const ReplyCode unlocked = replies.back().code;
        if (unlocked != ReplyCode::Done && unlocked != ReplyCode::NotFound &&
            unlocked != ReplyCode::Exists && unlocked != ReplyCode::ServerError)
            return false;
        // With another CAS it may still be ours: old servers change it when they move an item.
        must_release_ = unlocked == ReplyCode::Exists;
        reply_.lock_lost = unlocked == ReplyCode::NotFound;
    }
    return take_outcome(replies.front());
}

bool PutOperation::take_outcome(const wire::Reply& reply) {
    const bool may_be_own =
        repeated_ && (reply.code == ReplyCode::Exists || reply.code == ReplyCode::NotStored);
    if (may_be_own) {
        verify();
        return true;
    }
    switch (reply.code) {
        case ReplyCode::Done:
            if (!reply.has_cas && !host_.link().is_classic()) return false;
            reply_.outcome = PutOutcome::Stored;
            reply_.cas = reply.cas;
            break;
        case ReplyCode::Exists:
        case ReplyCode::NotStored:
            reply_.outcome = PutOutcome::Conflict;
            break;
        case ReplyCode::NotFound:
            reply_.outcome = PutOutcome::Missing;
            break;
        case ReplyCode::ServerError:
            error_ = store_error(reply);
            break;
        default:
            return false;
    }
    settle();
    return true;
}

bool PutOperation::take_verified(const wire::Reply& reply) {
    if (reply.code != ReplyCode::Value && reply.code != ReplyCode::Miss) return false;
    if (!is_about(reply, key_.text())) return false;
    const ByteView ours = header_.view();
    const bool is_ours = reply.value.size() >= ours.size() &&
                         std::equal(ours.begin(), ours.end(), reply.value.begin());
    reply_.outcome = is_ours ? PutOutcome::Stored : PutOutcome::Conflict;
    reply_.cas = is_ours ? reply.cas : 0;
    // The attempt that stored it gave up the lock as well; its successor found neither.
    if (is_ours) reply_.lock_lost = false;
    settle();
    return true;
}

// The item's fate is known. What remains is the lock, if it did not go in the same packet.
void PutOperation::settle() {
    if (!error_) {
        if (reply_.outcome == PutOutcome::Stored)
            forget_old_chunks();
        else if (manifest_)
            erase_chunks(*manifest_);
    }
    if (!must_release_) {
        finish();
        return;
    }
    host_.release(key_, *unlock_, deadline_, this);
}

void PutOperation::on_release(int /*store*/, Result<ReleaseReply> reply) noexcept {
    reply_.lock_lost = reply && !reply->was_ours;
    finish();
}

void PutOperation::forget_old_chunks() {
    std::optional<KnownSplit>& known = host_.known_split();
    if (known && known->key == key_) {
        // Our own chunks stay, if a repeated put found itself stored.
        if (known->cas == expected_ && known->manifest.attempt != attempt_)
            erase_chunks(known->manifest);
        known.reset();
    }
    if (manifest_) known = KnownSplit{key_, reply_.cas, *manifest_};
}

void PutOperation::erase_chunks(const Manifest& manifest) {
    wire::Packet& packet = host_.link().packet();
    for (std::uint32_t i = 0; i < manifest.count; ++i)
        packet.erase({.key = chunk_key(key_, manifest.attempt, i)});
    host_.link().send(nullptr, {.deadline = deadline_});
}

void PutOperation::finish() {
    if (error_)
        answer(&StoreSink::on_put, Result<PutReply>(*error_));
    else
        answer(&StoreSink::on_put, Result<PutReply>(reply_));
}

// The withdrawal behind a question counts for nothing in the classic dialect, see FetchOperation.
void PutOperation::fail(const Error& why) {
    if (host_.link().is_classic() && unlock_ && phase_ == Phase::Limit)
        host_.release(key_, *unlock_, TimePoint::max(), nullptr);
    answer(&StoreSink::on_put, Result<PutReply>(why));
}

}  // namespace sessmirror::store
