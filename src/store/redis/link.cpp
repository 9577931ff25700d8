// SPDX-License-Identifier: BSD-3-Clause
#include "store/redis/link.h"

#ifdef SESSMIRROR_WITH_REDIS

#include <algorithm>
#include <array>
#include <cerrno>

#include "store/redis/engine.h"
#include "store/redis/life.h"
#include "store/redis/scripts.h"
#include "store/remote/endpoint.h"
#include "store/remote/link_body.h"

namespace sessmirror::store {

template class Link<RedisWire>;

namespace {

using wire::RespType;

constexpr std::array<const char*, 3> kTexts = {kClaimScript, kPutScript, kReleaseScript};

std::size_t index_of(Script script) noexcept {
    return static_cast<std::size_t>(script);
}

std::string text_of(wire::RespPacket& packet) {
    std::string text;
    for (const ByteView piece : packet.pieces()) text += as_text(piece);
    return text;
}

// It cannot serve yet, or not as it is now.
bool says_not_ready(std::string_view error) noexcept {
    return error.starts_with("LOADING") || error.starts_with("MASTERDOWN") ||
           error.starts_with("NOAUTH");
}

// It serves others: the password, or what this user may do, is this configuration's own. (The texts
// of servers before 6.0 come last.)
int errno_of(std::string_view error) noexcept {
    constexpr std::array<std::string_view, 6> kDenials = {"NOAUTH",
                                                          "WRONGPASS",
                                                          "NOPERM",
                                                          "ERR AUTH",
                                                          "ERR Client sent AUTH",
                                                          "ERR invalid password"};
    return std::ranges::any_of(kDenials, [&](auto words) { return error.starts_with(words); })
               ? EACCES
               : 0;
}

}  // namespace

std::uint32_t introduce(const StoreSpec& spec, wire::RespPacket& packet) {
    const std::uint32_t before = packet.commands();
    if (!spec.user.empty())
        packet.command(3).add("AUTH").add(spec.user).add(spec.password);
    else if (!spec.password.empty())
        packet.command(2).add("AUTH").add(spec.password);
    if (const std::uint32_t database = spec.own.number(kRedisDatabase); database != 0)
        packet.command(2).add("SELECT").add_number(database);
    return packet.commands() - before;
}

RedisLink::RedisLink(net::EventLoop& loop, net::Resolver& resolver, const StoreSpec& spec,
                     const LinkOptions& options, LinkOwner& owner)
    : Link(loop, resolver, endpoint_of(spec), options, owner), spec_(spec) {}

RedisLink::Greeting RedisLink::greeting(bool asks_life) const {
    wire::RespPacket packet(0);
    introduce(spec_, packet);
    if (asks_life) packet.command(2).add("INFO").add("server");
    for (const char* const text : kTexts) packet.command(3).add("SCRIPT").add("LOAD").add(text);
    return {text_of(packet), packet.commands()};
}

// Until the server has said by what it knows the script, it is told it in full.
wire::RespPacket& RedisLink::call(Script script, const SessionKey& key, std::uint32_t arguments) {
    const std::size_t index = index_of(script);
    wire::RespPacket& packet = this->packet();
    packet.command(4 + arguments);
    if (is_up())
        packet.add("EVALSHA").add(hashes_[index]);
    else
        packet.add("EVAL").add(kTexts[index]);
    return packet.add("1").add(key.text());
}

void RedisLink::take(wire::RespReply reply) {
    if (asked().is_greeting) {
        take_greeting(reply);
        return;
    }
    if (reply.type == RespType::Error && reply.text.starts_with("NOSCRIPT")) {
        drop(Error(Errc::Closed, "%.100s has forgotten the scripts", name().c_str()));
        return;
    }
    if (reply.type == RespType::Error && says_not_ready(reply.text)) {
        drop(Error(Errc::Refused, "%.100s: %.100s", name().c_str(), reply.text.c_str())
                 .with_errno(errno_of(reply.text)));
        return;
    }
    accept(std::move(reply));
}

// Not every user may ask for it.
bool RedisLink::takes_life(const wire::RespReply& reply) {
    wire::RespPacket introduction(0);
    const bool is_asked = asked().commands > introduce(spec_, introduction) + kScripts;
    if (!is_asked || greeted_ != introduction.commands()) return false;
    if (reply.type == RespType::Value)
        life_ = redis_life(as_text(reply.value));
    else if (reply.type != RespType::Error)
        return false;
    ++greeted_;
    return true;
}

void RedisLink::take_greeting(wire::RespReply& reply) {
    if (takes_life(reply)) return;
    if (reply.type == RespType::Error) {
        turned_away(reply.text);
        return;
    }
    const std::uint32_t first_script = asked().commands - kScripts;
    const bool is_script = greeted_ >= first_script;
    if (reply.type != (is_script ? RespType::Value : RespType::Status)) {
        protocol_error("it is no Redis");
        return;
    }
    if (is_script) hashes_[greeted_ - first_script] = as_text(reply.value);
    if (++greeted_ == asked().commands) accept_greeting(life_);
}

// A server may repeat what it does not understand, the password as well: quoted, whole or in part.
void RedisLink::turned_away(std::string_view error) {
    const int denial = errno_of(error);
    error = error.substr(0, error.find_first_of("'`\""));
    if (!spec_.password.empty()) error = error.substr(0, error.find(spec_.password));
    drop(Error(Errc::Refused, "%.100s turns connections away: %.*s", name().c_str(),
               static_cast<int>(std::min<std::size_t>(error.size(), 100)), error.data())
             .with_errno(denial));
}

// Compared and deleted where the lock is, after whatever was asked before, so it does no harm where
// nothing was granted. In full, since a greeting may be unanswered.
std::string RedisLink::withdrawal_of(const Pending& pending) const {
    const Claimant& claimant = *pending.terms.withdrawal;
    wire::RespPacket packet(0);
    packet.command(5).add("EVAL").add(kReleaseScript).add("1");
    packet.add(claimant.key.text()).add(claimant.owner.view());
    return text_of(packet);
}

void RedisLink::forget_server() noexcept {
    for (std::string& hash : hashes_) hash.clear();
    greeted_ = 0;
    life_.reset();
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
