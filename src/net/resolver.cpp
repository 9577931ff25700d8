// SPDX-License-Identifier: BSD-3-Clause
#include "net/resolver.h"

#include <event2/dns.h>
#include <event2/util.h>

#include <algorithm>
#include <utility>

#include "net/socket_address.h"

namespace sessmirror::net {

struct Resolver::Query {
    Resolver& owner;
    std::string host;
    ResolveSink* sink;  // null: cancelled, the answer only fills the cache
    evdns_getaddrinfo_request* request = nullptr;  // null until libevent has returned it
};

namespace {

Result<IpAddresses> to_addresses(const std::string& host, int code, const evutil_addrinfo* list) {
    IpAddresses out;
    for (const evutil_addrinfo* at = list; at != nullptr; at = at->ai_next)
        if (const auto address = from_sockaddr(at->ai_addr))
            if (std::find(out.begin(), out.end(), *address) == out.end()) out.push_back(*address);
    if (out.empty())
        return Error(Errc::BadName, "the name \"%.120s\" does not resolve (%s)", host.c_str(),
                     code == 0 ? "no address" : evutil_gai_strerror(code));
    return out;
}

}  // namespace

Resolver::Resolver(EventLoop& loop, std::string resolv_conf)
    : loop_(loop), resolv_conf_(std::move(resolv_conf)) {
    loop_.watch_fork(*this);
}

Resolver::~Resolver() {
    loop_.base();  // a child must leave its parent before it frees events
    loop_.unwatch_fork(*this);
    if (dns_ == nullptr) return;
    for (auto& query : queries_) {
        query->sink = nullptr;
        if (query->request != nullptr) evdns_getaddrinfo_cancel(query->request);
    }
    // libevent frees a cancelled question only when the loop comes by.
    if (!queries_.empty()) loop_.run_ready();
    evdns_base_free(dns_, 0);
}

const Result<IpAddresses>* Resolver::known(std::string_view host) {
    std::erase_if(cache_, [now = loop_.now()](const Entry& e) { return e.expires <= now; });
    const auto found = std::find_if(cache_.begin(), cache_.end(),
                                    [&](const Entry& entry) { return entry.host == host; });
    if (found != cache_.end()) return &found->addresses;
    const auto numeric = parse_ip(host);
    return numeric ? &remember(host, IpAddresses{*numeric}).addresses : nullptr;
}

Resolver::Entry& Resolver::remember(std::string_view host, Result<IpAddresses> addresses) {
    std::erase_if(cache_, [&](const Entry& entry) { return entry.host == host; });
    const Duration keep = addresses ? kKeepAddresses : kKeepFailure;
    return cache_.emplace_back(Entry{std::string(host), std::move(addresses), loop_.now() + keep});
}

bool Resolver::start_dns() {
    if (dns_ != nullptr) return true;
    event_base* const base = loop_.base();
    if (base == nullptr) return false;
    dns_ = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    if (dns_ == nullptr) return false;
    // Without a readable resolv.conf libevent asks 127.0.0.1, as the C library does.
    evdns_base_resolv_conf_parse(dns_, DNS_OPTIONS_ALL, resolv_conf_.c_str());
    return true;
}

void Resolver::resolve(std::string_view host, ResolveSink& sink) {
    if (const auto* answer = known(host)) {
        const Result<IpAddresses> copy = *answer;  // the sink may make the cache change
        sink.on_resolved(copy);
        return;
    }
    if (!start_dns()) {
        sink.on_resolved(Error(Errc::OutOfMemory, "no memory for name resolution"));
        return;
    }
    Query& query = *queries_.emplace_back(new Query{*this, std::string(host), &sink});
    evutil_addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    const auto on_answer = [](int code, evutil_addrinfo* list, void* context) noexcept {
        auto* asked = static_cast<Query*>(context);
        Result<IpAddresses> addresses = to_addresses(asked->host, code, list);
        if (list != nullptr) evutil_freeaddrinfo(list);
        asked->owner.finish(*asked, std::move(addresses));
    };
    // The answer may come before this returns (from /etc/hosts); the query is then gone already.
    evdns_getaddrinfo_request* const request =
        evdns_getaddrinfo(dns_, query.host.c_str(), nullptr, &hints, on_answer, &query);
    if (request != nullptr) query.request = request;
}

void Resolver::finish(Query& query, Result<IpAddresses> addresses) noexcept {
    ResolveSink* const sink = query.sink;
    const Result<IpAddresses> copy = addresses;
    remember(query.host, std::move(addresses));
    std::erase_if(queries_, [&](const auto& entry) { return entry.get() == &query; });
    if (sink != nullptr) sink->on_resolved(copy);
}

void Resolver::cancel(ResolveSink& sink) noexcept {
    // The question stays with the name server: a late answer is still good for the cache.
    for (auto& query : queries_)
        if (query->sink == &sink) query->sink = nullptr;
}

void Resolver::on_forked() noexcept {
    // The parent's sockets: a child that read from them would steal the parent's answers. Freeing
    // without failing the requests sends nothing, and leaves libevent's few bytes for each question
    // in flight to the child's end; those who wait meet their deadline.
    if (dns_ != nullptr) evdns_base_free(std::exchange(dns_, nullptr), 0);
    queries_.clear();
}

IpAddresses Resolver::resolve_blocking(std::string_view host, TimePoint deadline) {
    struct Waiter final : ResolveSink {
        void on_resolved(const Result<IpAddresses>& addresses) noexcept override {
            if (addresses) answer = *addresses;
            done = true;
        }
        IpAddresses answer;
        bool done = false;
    } waiter;
    resolve(host, waiter);
    if (!loop_.run_until(waiter.done, deadline)) cancel(waiter);
    return waiter.answer;
}

}  // namespace sessmirror::net
