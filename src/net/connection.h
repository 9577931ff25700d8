// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "net/dialer.h"
#include "net/event_loop.h"
#include "net/poll_guard.h"
#include "net/resolver.h"
#include "net/socket_address.h"
#include "net/stream.h"

namespace sessmirror::net {

// Where a connection goes. `name` is what messages call it.
struct Endpoint {
    bool is_unix = false;
    std::string host;  // name, numeric address, or the socket's path
    std::uint16_t port = 0;
    std::string name;
};

// How receive_directly() waits, set once for each connection.
struct DirectWait {
    Duration patience{};  // 0: it does not
    Duration polling{};   // of the patience, the part in which the socket is asked again and again
};

// Called from the loop only. May close, reopen and send, but not destroy the connection.
class ConnectionSink {
  public:
    virtual void on_open() noexcept = 0;
    virtual void on_bytes(ByteView bytes) noexcept = 0;
    // Where the next bytes of the stream belong, when so many of them are known to belong together
    // that they should be received there and not by way of the loop's scratch. Empty: nowhere in
    // particular. What was received there is told by on_filled() instead of on_bytes().
    virtual std::span<std::byte> room() noexcept { return {}; }
    virtual void on_filled(std::size_t /*size*/) noexcept {}
    // The connection ended by itself, or could not be opened; it may be opened again.
    virtual void on_closed(const Error& reason) noexcept = 0;

  protected:
    ~ConnectionSink() = default;
};

// A stream to an endpoint, which may be opened again and again, with what is still to be sent on
// it. Costs one system call to send and one to receive. Nothing blocks but receive_directly().
//
// A name has its own time to be resolved, Resolver::kPatience at least. Where nobody can be reached
// at its addresses it is resolved anew at the next chance.
class Connection final : private ResolveSink,
                         private DialSink,
                         private TimerSink,
                         private ForkSink,
                         private StreamSink {
  public:
    Connection(EventLoop& loop, Resolver& resolver, Endpoint endpoint, ConnectionSink& sink);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] bool is_closed() const noexcept { return state_ == State::Closed; }
    [[nodiscard]] bool is_open() const noexcept { return state_ == State::Open; }
    [[nodiscard]] const std::string& name() const noexcept { return endpoint_.name; }

    // REQUIRES: is_closed(). on_open() or on_closed() follows.
    void open(Duration timeout, DirectWait wait = {});
    // Waits for bytes, without the loop, for as long as the patience, and hands them to the sink,
    // or the connection's end. False when nothing came, or at once when something is still to be
    // sent.
    bool receive_directly() noexcept;
    // REQUIRES: !is_closed(). Sends at once what the socket takes, and copies and keeps the rest,
    // or everything while the connection is being opened. Failures are told later by on_closed().
    void send(std::span<const ByteView> pieces);
    // How much of what was to be sent the other side has not acknowledged.
    [[nodiscard]] std::size_t unacknowledged() const noexcept;
    // Nothing of what was sent last is acknowledged, so that the way to the other side may be gone,
    // or have forgotten this connection, as a firewall does with one that was idle. Makes another
    // connection beside it. When that one stands and there is still no acknowledgement, this one
    // has ended: on_closed() tells Errc::Closed, and an open() from there goes on with the other.
    // Until then nothing changes. Does nothing for UNIX sockets.
    void doubt() noexcept;
    // Tries once to hand what is queued and then `last` to the kernel, and closes. No callback.
    void close_after(ByteView last) noexcept;
    // No callback.
    void close() noexcept;

  private:
    enum class State : std::uint8_t { Closed, Resolving, Connecting, Open, Failing };

    void on_resolved(const Result<IpAddresses>& addresses) noexcept override;
    void on_dialed(std::unique_ptr<Stream>& stream, std::size_t which) noexcept override;
    void on_dial_failed(int code) noexcept override;
    void on_timer() noexcept override;
    void on_forked() noexcept override;
    void on_readable() noexcept override;
    void on_writable() noexcept override;

    void connect(const IpAddresses& addresses) noexcept;
    void connect_unix() noexcept;
    void dial(std::span<const SocketAddress> addresses) noexcept;
    void connected() noexcept;
    void move_to(std::unique_ptr<Stream>& stream) noexcept;
    enum class Wait : bool { No, Yes };
    bool receive(Wait wait);
    bool poll();
    void flush();
    [[nodiscard]] std::size_t try_send(std::span<const ByteView> pieces);
    void drop_stream() noexcept;
    void fail_later(const Error& reason);
    void fail(const Error& reason);
    [[nodiscard]] Error connect_error(int code) const;

    EventLoop& loop_;
    Resolver& resolver_;
    Endpoint endpoint_;
    ConnectionSink& sink_;
    std::unique_ptr<Stream> stream_;
    Dialer dialer_;
    std::unique_ptr<Timer> timer_;  // the opening's deadline; or the delivery of failure_
    State state_ = State::Closed;
    Duration timeout_{};
    DirectWait wait_;
    PollGuard poll_guard_;
    bool may_wait_ = false;  // the stream does, after its patience was set
    Error failure_;
    std::vector<SocketAddress> candidates_;  // the one that answered last is the first
    std::size_t doubted_ = 0;                // what was unacknowledged then
    bool is_continued_ = false;              // while on_closed() is told: stream_ stands already
    Bytes queue_;                            // not yet taken by the kernel
    std::size_t queued_from_ = 0;            // start of what is left in queue_
};

}  // namespace sessmirror::net
