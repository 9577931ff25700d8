// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "net/event_loop.h"
#include "net/resolver.h"
#include "store/remote_store.h"
#include "store/store.h"
#include "store/store_spec.h"

// A hostile server against a whole store: the input is what the server sends, over a real loopback
// connection, while requests of every kind wait. Each of them must end, once.
namespace sessmirror::fuzz {

struct Counter final : store::StoreSink {
    void on_fetch(int, Result<store::FetchReply>) noexcept override { count(); }
    void on_put(int, Result<store::PutReply>) noexcept override { count(); }
    void on_touch(int, Result<store::TouchReply>) noexcept override { count(); }
    void on_release(int, Result<store::ReleaseReply>) noexcept override { count(); }
    void on_probe(int, Status) noexcept override { count(); }
    void count() noexcept { done = ++answers == wanted; }
    int wanted = 5;
    int answers = 0;
    bool done = false;
};

inline void require(bool condition) {
    if (!condition) std::abort();
}

// Accepts connections and gives each the same bytes, then hangs up. Both ends live on one thread:
// the bytes fit into the socket's buffer.
class Listener {
  public:
    Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        require(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        require(::listen(fd_, 16) == 0);
        require(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    ~Listener() { ::close(fd_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    void serve(std::string_view bytes) const {
        const int peer = ::accept(fd_, nullptr, nullptr);
        if (peer < 0) return;
        static_cast<void>(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
        ::shutdown(peer, SHUT_WR);
        ::close(peer);
    }
    std::uint16_t port_ = 0;

  private:
    int fd_;
};

// `make` is make_memcached_store() or one with the same arguments; `spec` lacks the address.
template <class Make>
void ask_a_hostile_store(Make make, store::StoreSpec spec, const std::uint8_t* data,
                         std::size_t size) {
    static const Listener* const listener = new Listener;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    net::EventLoop loop;
    net::Resolver resolver(loop);
    spec.host = "127.0.0.1";
    spec.port = listener->port_;
    const auto store = make(spec, 0, loop, resolver,
                            store::RemoteDefaults{.connect_timeout = milliseconds(200),
                                                  .io_timeout = milliseconds(20),
                                                  .max_payload = 1u << 20});
    const store::SessionKey key = store::derive_key("f:", "", "fuzz");
    store::LockClaim claim;
    claim.owner.text[0] = 'o';
    Counter sink;
    const TimePoint deadline = loop.now() + milliseconds(200);
    store::PutRequest put;
    put.key = key;
    put.version = {1, 1};
    put.ttl_s = 60;
    put.deadline = deadline;
    put.unlock = store::HeldLock{claim.owner, 7};
    store->fetch({key, store::Want::Value, claim, deadline}, &sink);
    store->put(put, &sink);
    store->touch(key, 60, deadline, &sink);
    store->release(key, {claim.owner, 7}, deadline, &sink);
    store->probe(deadline, &sink);
    while (!sink.done && loop.now() < deadline + std::chrono::seconds(5)) {
        listener->serve(input);
        loop.run_until(sink.done, loop.now() + milliseconds(1));
    }
    require(sink.answers == sink.wanted);
    listener->serve({});  // whoever connected last
}

}  // namespace sessmirror::fuzz
