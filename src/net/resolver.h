// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/address.h"
#include "net/event_loop.h"

struct evdns_base;
struct evdns_getaddrinfo_request;

namespace sessmirror::net {

using IpAddresses = std::vector<IpAddress>;

class ResolveSink {
  public:
    // Errc::BadName when there is no such host or no name server answered.
    virtual void on_resolved(const Result<IpAddresses>& addresses) noexcept = 0;

  protected:
    ~ResolveSink() = default;
};

// Host names to addresses without blocking: /etc/hosts and the name servers of resolv.conf, by
// libevent. Numeric addresses never reach it. Not thread-safe; must outlive whoever waits for it
// and must not be destroyed from inside a callback of the loop.
class Resolver final : private ForkSink {
  public:
    static constexpr Duration kKeepAddresses = std::chrono::seconds(60);
    static constexpr Duration kKeepFailure = std::chrono::seconds(1);

    // `resolv_conf` is for tests.
    explicit Resolver(EventLoop& loop, std::string resolv_conf = "/etc/resolv.conf");
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    // Known without asking anybody: numeric, or asked lately. Null otherwise; valid until the next
    // call of this object.
    const Result<IpAddresses>* known(std::string_view host);

    // Asks; the sink is called once, possibly before this returns, unless cancel() comes first. The
    // caller keeps the time: name servers may be silent for longer than it wants to wait.
    void resolve(std::string_view host, ResolveSink& sink);
    void cancel(ResolveSink& sink) noexcept;

    // Runs the loop until the answer is there. Empty when there is none by the deadline.
    IpAddresses resolve_blocking(std::string_view host, TimePoint deadline);

  private:
    struct Query;
    struct Entry {
        std::string host;
        Result<IpAddresses> addresses;
        TimePoint expires;
    };

    void on_forked() noexcept override;
    bool start_dns();
    void finish(Query& query, Result<IpAddresses> addresses) noexcept;
    Entry& remember(std::string_view host, Result<IpAddresses> addresses);

    EventLoop& loop_;
    std::string resolv_conf_;
    evdns_base* dns_ = nullptr;
    std::vector<Entry> cache_;  // as many entries as the store list has names
    std::vector<std::unique_ptr<Query>> queries_;
};

}  // namespace sessmirror::net
