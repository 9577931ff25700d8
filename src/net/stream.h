// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/clock.h"
#include "net/socket_address.h"

namespace sessmirror::net {

class EventLoop;

// Told from the loop what a watched stream is ready for. May close the stream, but not destroy it.
class StreamSink {
  public:
    virtual void on_readable() noexcept = 0;
    virtual void on_writable() noexcept = 0;

  protected:
    ~StreamSink() = default;
};

// What a connection needs of a socket: bytes that go one way and come the other. Closed at first
// and after close(); may be connected again. Failures are errno's, as of the system calls.
class Stream {
  public:
    // The sink outlives this, or its use here.
    explicit Stream(StreamSink& sink) noexcept : sink_(&sink) {}
    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // From now on this one is told.
    void set_sink(StreamSink& sink) noexcept { sink_ = &sink; }

    // 0: connected. EINPROGRESS: on_writable() tells when outcome() is known.
    virtual int connect(const SocketAddress& address) = 0;
    virtual int outcome() noexcept = 0;
    virtual void close() noexcept = 0;
    // As close(), and what the other side has not acknowledged is not sent again.
    virtual void abort() noexcept = 0;

    // From now on the sink is told when there is something to receive, and, while that is wanted,
    // when there is room to send. False when memory has run out.
    virtual bool watch() = 0;
    virtual void want_write(bool wanted) = 0;

    // As sendmsg() and recv(); neither waits.
    virtual ssize_t send(std::span<const iovec> pieces) noexcept = 0;
    virtual ssize_t receive(std::span<std::byte> buffer) noexcept = 0;

    // For how long wait_and_receive() waits. False when it cannot.
    virtual bool set_patience(Duration patience) noexcept = 0;
    // Waits for something to receive; if `whole`, until the buffer is full.
    virtual ssize_t wait_and_receive(std::span<std::byte> buffer, bool whole) noexcept = 0;

    // How much of what was sent the other side has not acknowledged.
    [[nodiscard]] virtual std::size_t unacknowledged() const noexcept = 0;

  protected:
    [[nodiscard]] StreamSink& sink() const noexcept { return *sink_; }

  private:
    StreamSink* sink_;
};

// Where the connections of a loop get their streams from.
class StreamMaker {
  public:
    virtual std::unique_ptr<Stream> make(EventLoop& loop, StreamSink& sink) = 0;

  protected:
    ~StreamMaker() = default;
};

}  // namespace sessmirror::net
