// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/touch.h"

#include <algorithm>

#include "store/memcached/expiry_item.h"
#include "store/memcached/ttl.h"

namespace sessmirror::store {

using wire::ReplyCode;

namespace {

bool is_answer(const wire::Reply& reply) noexcept {
    return reply.code == ReplyCode::Done || reply.code == ReplyCode::Miss ||
           reply.code == ReplyCode::NotFound;
}

}  // namespace

void TouchOperation::start() {
    phase_ = Phase::Item;
    is_classic_ = host_.link().is_classic();
    const std::uint32_t now = host_.link().unix_seconds();
    const std::uint32_t ttl_s = item_ttl(ttl_s_, now);
    wire::Packet& packet = host_.link().packet();
    packet.get({.key = key_.text(), .client_flags = true, .touch_s = ttl_s});
    if (is_classic_)
        packet.set({.key = expiry_key(key_), .ttl_s = ttl_s}, as_bytes(expiry_text(ttl_s_, now)));
    host_.link().send(this, {.deadline = deadline_});
}

void TouchOperation::read_manifest() {
    phase_ = Phase::Manifest;
    wire::Packet& packet = host_.link().packet();
    packet.get({.key = key_.text(), .value = true, .client_flags = is_classic_});
    LinkTerms terms{.deadline = deadline_};
    if (is_classic_) terms.values = host_.link().whole_session();
    host_.link().send(this, terms);
}

void TouchOperation::touch_chunks(const Manifest& manifest) {
    phase_ = Phase::Chunks;
    wire::Packet& packet = host_.link().packet();
    const std::uint32_t ttl_s = chunk_ttl(ttl_s_, host_.link().unix_seconds());
    for (std::uint32_t i = 0; i < manifest.count; ++i)
        packet.get({.key = chunk_key(key_, manifest.attempt, i), .touch_s = ttl_s});
    host_.link().send(this, {.deadline = deadline_});
}

bool TouchOperation::on_replies(std::span<wire::Reply> replies) noexcept {
    for (const wire::Reply& reply : replies) {
        if (reply.code != ReplyCode::ServerError) continue;
        fail(store_error(reply));
        return true;
    }
    if (phase_ == Phase::Item) return take_touched(replies.front());
    if (phase_ == Phase::Manifest) return take_manifest(replies.front());
    return take_chunks(replies);
}

// In the classic dialect nothing tells whether it is split but the item itself.
bool TouchOperation::take_touched(const wire::Reply& reply) {
    if (!is_answer(reply)) return false;
    const bool may_be_split = is_classic_ || (reply.client_flags & kSplitFlag) != 0;
    if (reply.code == ReplyCode::Done && may_be_split)
        read_manifest();
    else
        finish(reply.code == ReplyCode::Done);
    return true;
}

bool TouchOperation::take_manifest(const wire::Reply& reply) {
    if (reply.code != ReplyCode::Value && reply.code != ReplyCode::Miss) return false;
    if (!is_about(reply, key_.text())) return false;
    const bool is_split = !is_classic_ || (reply.client_flags & kSplitFlag) != 0;
    const auto manifest =
        is_split ? decode_manifest(reply.value, host_.max_payload()) : std::nullopt;
    if (manifest)
        touch_chunks(*manifest);
    else
        finish(reply.code == ReplyCode::Value);  // replaced meanwhile: its writer set its lifetime
    return true;
}

bool TouchOperation::take_chunks(std::span<const wire::Reply> replies) {
    const auto is_there = [](const wire::Reply& reply) { return reply.code == ReplyCode::Done; };
    if (!std::all_of(replies.begin(), replies.end(), is_answer)) return false;
    // A copy that lacks a part is no copy: the caller repairs what it is told is absent.
    finish(std::all_of(replies.begin(), replies.end(), is_there));
    return true;
}

void TouchOperation::fail(const Error& why) {
    answer(&StoreSink::on_touch, Result<TouchReply>(why));
}

}  // namespace sessmirror::store
