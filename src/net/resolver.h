// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
// libevent. Numeric addresses never reach it.
//
// What was a good answer once stays one: after kRefresh, or when nobody could be reached at it, the
// name is asked for again in the background, and until there is a new good answer the old one
// holds. So a page waits for a name server once, and a name server that is away takes no store
// away. Changes of the two files are noticed when a name is asked for.
//
// Not thread-safe; must outlive whoever waits for it and must not be destroyed from inside a
// callback of the loop.
class Resolver final : private ForkSink {
  public:
    static constexpr Duration kRefresh = std::chrono::seconds(30);
    static constexpr Duration kKeepFailure = std::chrono::seconds(1);
    // How long a page waits for an answer: a name server may be far away, or busy.
    static constexpr Duration kPatience = milliseconds(400);
    // More names than a list of stores has. The oldest is forgotten.
    static constexpr std::size_t kMaxNames = 256;

    // The files are for tests.
    explicit Resolver(EventLoop& loop, std::string resolv_conf = "/etc/resolv.conf",
                      std::string hosts = "/etc/hosts");
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    // Known without waiting for anybody: numeric, or answered before. Null otherwise; valid until
    // the next call of this object.
    const Result<IpAddresses>* known(std::string_view host);

    // Asks; the sink is called once, possibly before this returns, unless cancel() comes first. The
    // caller keeps the time: name servers may be silent for longer than it wants to wait.
    void resolve(std::string_view host, ResolveSink& sink);
    void cancel(ResolveSink& sink) noexcept;

    // Nobody could be reached at the name's addresses: it is asked for again at the next chance.
    void distrust(std::string_view host) noexcept;

    // Runs the loop until the answers are there; all are asked for at once. Empty where there is
    // none by the deadline.
    std::vector<IpAddresses> resolve_blocking(std::span<const std::string_view> hosts,
                                              TimePoint deadline);

  private:
    struct Query;
    struct Entry {
        std::string host;
        Result<IpAddresses> addresses;
        TimePoint ask_again;
    };

    void on_forked() noexcept override;
    [[nodiscard]] Entry* find(std::string_view host) noexcept;
    [[nodiscard]] bool is_asked(std::string_view host) const noexcept;
    void ask(std::string_view host, ResolveSink* sink);
    bool start_dns();
    [[nodiscard]] std::uint64_t look_at_files() const noexcept;
    void finish(Query& query, Result<IpAddresses> addresses) noexcept;
    void remember(std::string_view host, Result<IpAddresses> addresses);

    EventLoop& loop_;
    std::string resolv_conf_;
    std::string hosts_;
    std::uint64_t files_seen_ = 0;  // what look_at_files() said when dns_ read them
    evdns_base* dns_ = nullptr;
    std::vector<Entry> cache_;
    std::vector<std::unique_ptr<Query>> queries_;
};

}  // namespace sessmirror::net
