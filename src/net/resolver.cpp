// SPDX-License-Identifier: BSD-3-Clause
#include "net/resolver.h"

#include <event2/dns.h>
#include <event2/util.h>
#include <sys/stat.h>

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

Resolver::Resolver(EventLoop& loop, std::string resolv_conf, std::string hosts)
    : loop_(loop), resolv_conf_(std::move(resolv_conf)), hosts_(std::move(hosts)) {
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

Resolver::Entry* Resolver::find(std::string_view host) noexcept {
    const auto found = std::ranges::find(cache_, host, &Entry::host);
    return found == cache_.end() ? nullptr : &*found;
}

bool Resolver::is_asked(std::string_view host) const noexcept {
    return std::ranges::any_of(queries_, [&](const auto& query) { return query->host == host; });
}

const Result<IpAddresses>* Resolver::known(std::string_view host) {
    if (find(host) == nullptr) {
        const auto numeric = parse_ip(host);
        if (!numeric) return nullptr;
        remember(host, IpAddresses{*numeric});
    }
    Entry* entry = find(host);
    if (loop_.now() >= entry->ask_again) {
        if (!entry->addresses) return nullptr;
        if (parse_ip(host) || is_asked(host)) return &entry->addresses;
        ask(host, nullptr);  // may be answered at once, which changes the entry
        entry = find(host);
    }
    return entry == nullptr ? nullptr : &entry->addresses;
}

void Resolver::distrust(std::string_view host) noexcept {
    if (Entry* const entry = find(host)) entry->ask_again = loop_.now();
}

// A good answer is not replaced by a failure.
void Resolver::remember(std::string_view host, Result<IpAddresses> addresses) {
    const TimePoint ask_again = loop_.now() + (addresses ? kRefresh : kKeepFailure);
    if (Entry* const entry = find(host)) {
        if (addresses || !entry->addresses) entry->addresses = std::move(addresses);
        entry->ask_again = ask_again;
        return;
    }
    if (cache_.size() >= kMaxNames) cache_.erase(cache_.begin());
    cache_.emplace_back(Entry{std::string(host), std::move(addresses), ask_again});
}

// Differs when one of the files was replaced or changed.
std::uint64_t Resolver::look_at_files() const noexcept {
    std::uint64_t seen = 1;
    for (const std::string* const path : {&resolv_conf_, &hosts_}) {
        struct stat file {};
        if (::stat(path->c_str(), &file) != 0) file = {};
        for (const auto part :
             {static_cast<std::uint64_t>(file.st_ino), static_cast<std::uint64_t>(file.st_size),
              static_cast<std::uint64_t>(file.st_mtim.tv_sec),
              static_cast<std::uint64_t>(file.st_mtim.tv_nsec)})
            seen = (seen ^ part) * 0x9E3779B97F4A7C15u;
    }
    return seen;
}

bool Resolver::start_dns() {
    const std::uint64_t files = look_at_files();
    if (dns_ != nullptr && (files == files_seen_ || !queries_.empty())) return true;
    event_base* const base = loop_.base();
    if (base == nullptr) return false;
    if (dns_ != nullptr) evdns_base_free(std::exchange(dns_, nullptr), 0);
    dns_ = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    if (dns_ == nullptr) return false;
    files_seen_ = files;
    // Without a readable resolv.conf libevent asks 127.0.0.1, as the C library does.
    evdns_base_resolv_conf_parse(dns_, DNS_OPTIONS_ALL & ~DNS_OPTION_HOSTSFILE,
                                 resolv_conf_.c_str());
    evdns_base_load_hosts(dns_, hosts_.c_str());
    // A server that answers for one kind of address and drops the question for the other is common;
    // what came is not kept waiting for it. One that is silent is asked again before 5 s are over.
    evdns_base_set_option(dns_, "getaddrinfo-allow-skew:", "0.05");
    evdns_base_set_option(dns_, "timeout:", "1");
    return true;
}

void Resolver::resolve(std::string_view host, ResolveSink& sink) {
    if (const auto* answer = known(host)) {
        const Result<IpAddresses> copy = *answer;  // the sink may make the cache change
        sink.on_resolved(copy);
        return;
    }
    ask(host, &sink);
}

void Resolver::ask(std::string_view host, ResolveSink* sink) {
    if (!start_dns()) {
        if (sink != nullptr)
            sink->on_resolved(Error(Errc::OutOfMemory, "no memory for name resolution"));
        return;
    }
    Query& query = *queries_.emplace_back(new Query{*this, std::string(host), sink});
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

std::vector<IpAddresses> Resolver::resolve_blocking(std::span<const std::string_view> hosts,
                                                    TimePoint deadline) {
    struct Waiter final : ResolveSink {
        void on_resolved(const Result<IpAddresses>& addresses) noexcept override {
            if (addresses) answer = *addresses;
            done = true;
        }
        IpAddresses answer;
        bool done = false;
    };
    std::vector<Waiter> waiters(hosts.size());
    for (std::size_t i = 0; i < hosts.size(); ++i) resolve(hosts[i], waiters[i]);
    std::vector<IpAddresses> answers;
    for (Waiter& waiter : waiters) {
        if (!waiter.done && !loop_.run_until(waiter.done, deadline)) cancel(waiter);
        answers.push_back(std::move(waiter.answer));
    }
    return answers;
}

}  // namespace sessmirror::net
