// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/inventory.h"

#ifdef SESSMIRROR_WITH_REDIS

#include <string>
#include <utility>

#include "store/redis/life.h"
#include "store/redis/link.h"
#include "store/remote/endpoint.h"

namespace sessmirror::store {
namespace {

using wire::RespReply;
using wire::RespType;

// Of one reply: a page has about as many keys as were looked at, and can have more.
constexpr std::size_t kMaxReply = 1 << 20;
constexpr std::size_t kMaxKeys = 64 * 1024;

}  // namespace

RedisInventory::RedisInventory(const StoreSpec& spec, net::EventLoop& loop, net::Resolver& resolver,
                               const InventoryLimits& limits)
    : loop_(loop),
      spec_(spec),
      limits_(limits),
      connection_(loop, resolver, endpoint_of(spec), *this),
      timer_(loop.make_timer(*this)),
      parser_(kMaxReply, kMaxKeys) {}

void RedisInventory::ask_life(InventorySink& sink) {
    ask(Question::Life, sink);
    packet_.command(2).add("INFO").add("server");
    send();
}

void RedisInventory::list(InventorySink& sink) {
    ask(Question::Keys, sink);
    scan_from("0");
}

void RedisInventory::ask(Question question, InventorySink& sink) {
    cancel();
    question_ = question;
    sink_ = &sink;
    budget_.begin(question == Question::Keys ? limits_ : kLifeLimits, loop_.now());
    connection_.open(kPatience);
    introductions_ = introduce(spec_, packet_);
}

void RedisInventory::scan_from(std::string_view cursor) {
    packet_.command(4).add("SCAN").add(cursor).add("COUNT").add_number(kPage);
    send();
}

void RedisInventory::send() {
    connection_.send(packet_.pieces());
    packet_.clear();
    timer_->start(kPatience);
}

void RedisInventory::cancel() noexcept {
    timer_->stop();
    question_ = Question::None;
    sink_ = nullptr;
    packet_.clear();
    parser_.reset();
    if (!connection_.is_closed()) connection_.close();
}

void RedisInventory::on_bytes(ByteView bytes) noexcept {
    timer_->start(kPatience);
    budget_.take_bytes(bytes.size());
    take_replies(bytes);
    if (question_ != Question::None && budget_.is_spent(loop_.now()))
        end(endless_inventory(connection_.name().c_str()));
}

void RedisInventory::take_replies(ByteView bytes) {
    while (question_ != Question::None) {
        RespReply reply;
        const auto step = parser_.next(bytes, reply);
        if (step == wire::RespParser::Step::NeedMore) return;
        if (step == wire::RespParser::Step::Malformed) return not_understood();
        take(reply);
    }
}

void RedisInventory::take(const RespReply& reply) {
    if (reply.type == RespType::Error)
        return end(Error(Errc::StoreError, "%.100s cannot be listed: %.100s",
                         connection_.name().c_str(), reply.text.c_str()));
    if (introductions_ > 0) {
        --introductions_;
        return;
    }
    if (question_ == Question::Life && reply.type == RespType::Value)
        return take_life(as_text(reply.value));
    if (question_ == Question::Keys && reply.type == RespType::Array && reply.elements.size() == 2)
        return take_page(reply.elements);
    not_understood();
}

void RedisInventory::take_life(std::string_view info) {
    const auto life = redis_life(info);
    if (!life) return not_understood();
    answer(*life);
}

void RedisInventory::take_page(std::span<const RespReply> page) {
    const RespReply& cursor = page[0];
    if (cursor.type != RespType::Value || page[1].type != RespType::Array) return not_understood();
    for (const RespReply& key : page[1].elements) {
        if (key.type != RespType::Value) return not_understood();
        budget_.take_key();
        sink_->on_key(as_text(key.value));
        if (question_ == Question::None) return;  // cancelled meanwhile
    }
    if (as_text(cursor.value) == "0") return end(kOk);
    if (parser_.has_more()) return not_understood();  // a page that nobody has asked for
    scan_from(as_text(cursor.value));
}

void RedisInventory::not_understood() {
    end(Error(Errc::Protocol, "%.100s: it does not speak Redis' protocol",
              connection_.name().c_str()));
}

void RedisInventory::on_closed(const Error& reason) noexcept {
    end(reason);
}

void RedisInventory::on_timer() noexcept {
    end(Error(Errc::Timeout, "%.100s did not answer", connection_.name().c_str()));
}

void RedisInventory::end(Status outcome) {
    if (question_ == Question::Life) return answer(outcome.error());
    InventorySink* const sink = sink_;
    cancel();
    sink->on_listed(outcome);
}

void RedisInventory::answer(Result<Life> life) {
    InventorySink* const sink = sink_;
    cancel();
    sink->on_life(life);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
