// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/link.h"

#include <charconv>
#include <utility>

#include "store/memcached/withdrawals.h"
#include "store/remote/link_body.h"
#include "wire/server_version.h"

namespace sessmirror::store {

template class Link<MemcachedWire>;

namespace {

using wire::ReplyCode;

constexpr unsigned kMaxSettings = 1000;  // real servers send about a hundred

// memcached repeats the opaque in every reply to a meta command but these: a miss before 1.6.18,
// `mn`, the end of `stats`, and errors.
bool may_lack_opaque(ReplyCode code) noexcept {
    return code == ReplyCode::Miss || code == ReplyCode::NoOp || code == ReplyCode::End ||
           code == ReplyCode::ServerError;
}

}  // namespace

MemcachedLink::MemcachedLink(net::EventLoop& loop, net::Resolver& resolver, net::Endpoint endpoint,
                             const LinkOptions& options, LinkOwner& owner,
                             std::optional<wire::Dialect> dialect)
    : Link(loop, resolver, std::move(endpoint), options, owner),
      wanted_(dialect),
      knows_dialect_(dialect.has_value()) {
    if (wanted_) speak(*wanted_);
}

void MemcachedLink::speak(wire::Dialect dialect) noexcept {
    dialect_ = dialect;
    next_packet().speak(dialect);
    parser().speak(dialect);
}

MemcachedLink::Greeting MemcachedLink::greeting(bool asks_life) const {
    if (asks_life) return {"version\r\nstats\r\n", 2};
    return {"version\r\n", 1};
}

const char* MemcachedLink::protocol_name() const noexcept {
    return is_classic() ? "memcached's protocol" : "memcached's meta protocol";
}

void MemcachedLink::take(wire::Reply reply) {
    if (asked().is_greeting) {
        take_greeting(reply);
        return;
    }
    if (reply.code == ReplyCode::Stat && asked().terms.is_special) {
        take_setting(reply);
        return;
    }
    if (const char* const fault = fault_of(reply)) {
        protocol_error(fault);
        return;
    }
    const bool is_item = reply.code == ReplyCode::Done || reply.code == ReplyCode::Value;
    if (is_item && reply.has_cas && reply.cas == 0) {
        drop(Error(Errc::StoreError,
                   "%.100s runs without compare-and-set (option -C), which sessions need",
                   name().c_str()));
        return;
    }
    if (is_classic() && reply.code == ReplyCode::End && !asked().terms.is_special)
        reply.code = ReplyCode::Miss;
    accept(std::move(reply));
}

const char* MemcachedLink::fault_of(const wire::Reply& reply) const {
    if (is_classic()) return nullptr;  // the operations compare keys
    const auto expected = asked().first_command + accepted();
    if (reply.has_opaque && reply.opaque != wire::Packet::opaque_of(expected))
        return "an answer is not to this question";
    if (!reply.has_opaque && !may_lack_opaque(reply.code)) return "an answer has no opaque";
    if (reply.code == ReplyCode::End && !asked().terms.is_special)
        return "an answer is not to this question";
    return nullptr;
}

void MemcachedLink::take_greeting(const wire::Reply& reply) {
    if (!std::exchange(is_version_known_, true)) return take_version(reply);
    if (reply.code != ReplyCode::Stat) return accept_greeting(life_.life());  // the end, or refused
    if (++settings_seen_ > kMaxSettings) return protocol_error("its statistics do not end");
    life_.take(reply.text);
}

void MemcachedLink::take_version(const wire::Reply& reply) {
    if (reply.code == ReplyCode::ServerError) {
        drop(Error(Errc::StoreError, "%.100s: %.100s", name().c_str(), reply.text.c_str()));
        return;
    }
    if (reply.code == ReplyCode::Refusal) {
        drop(Error(Errc::Refused, "%.100s turns connections away: %.100s", name().c_str(),
                   reply.text.c_str()));
        return;
    }
    if (reply.code != ReplyCode::Version) {
        protocol_error("it is no memcached");
        return;
    }
    take_release(reply);
}

// Proxies tell a version of their own, or one that is none.
void MemcachedLink::take_release(const wire::Reply& reply) {
    const auto version = wire::parse_server_version(reply.text);
    const bool has_meta = version && *version >= wire::kMetaProtocol;
    if (wanted_ == wire::Dialect::Meta && !has_meta) {
        drop(Error(Errc::StoreError, "%.100s runs memcached %.20s; 1.6.10 or later is needed",
                   name().c_str(), reply.text.c_str()));
        return;
    }
    const auto found = has_meta ? wire::Dialect::Meta : wire::Dialect::Classic;
    knows_dialect_ = true;
    if (!wanted_ && found != dialect_) {
        const Error why(Errc::Closed, "%.100s speaks another dialect of memcached's protocol",
                        name().c_str());
        speak(found);
        start_over(why);
        return;
    }
    has_explicit_cas_ = !is_classic() && *version >= wire::kExplicitCas;
    if (asked().commands == 1) accept_greeting();
}

void MemcachedLink::take_setting(const wire::Reply& reply) {
    if (++settings_seen_ > kMaxSettings) {
        protocol_error("its list of settings does not end");
        return;
    }
    constexpr std::string_view kItemLimit = "item_size_max ";
    if (!reply.text.starts_with(kItemLimit)) return;
    const std::string_view digits = std::string_view(reply.text).substr(kItemLimit.size());
    std::uint64_t limit = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), limit).ec == std::errc{})
        item_limit_ = limit;
}

std::string MemcachedLink::withdrawal_of(const Pending& pending) const {
    const auto answers = accepted_replies();
    const bool was_refused = pending.terms.claims_lock && is_first(pending) && !answers.empty() &&
                             answers.front().code == ReplyCode::NotStored;
    return was_refused ? std::string() : withdrawal_commands(*pending.terms.withdrawal, dialect_);
}

void MemcachedLink::forget_server() noexcept {
    has_explicit_cas_ = false;
    item_limit_.reset();
    settings_seen_ = 0;
    is_version_known_ = false;
    life_ = {};
}

}  // namespace sessmirror::store
