// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "net/stream.h"

struct event;

namespace sessmirror::net {

// A stream socket, TCP (without Nagle's delay) or UNIX. The read event stays registered, a write
// event exists only while it is wanted.
class PlainStream : public Stream {
  public:
    // The loop outlives this.
    PlainStream(EventLoop& loop, StreamSink& sink) noexcept : Stream(sink), loop_(loop) {}
    ~PlainStream() override { PlainStream::close(); }
    PlainStream(const PlainStream&) = delete;
    PlainStream& operator=(const PlainStream&) = delete;

    int connect(const SocketAddress& address) override;
    int outcome() noexcept override;
    void close() noexcept override;
    void abort() noexcept override;
    bool watch() override;
    void want_write(bool wanted) override;
    ssize_t send(std::span<const iovec> pieces) noexcept override;
    ssize_t receive(std::span<std::byte> buffer) noexcept override;
    bool set_patience(Duration patience) noexcept override;
    ssize_t wait_and_receive(std::span<std::byte> buffer, bool whole) noexcept override;
    [[nodiscard]] std::size_t unacknowledged() const noexcept override;

  private:
    struct EventDeleter {
        void operator()(event* ev) const noexcept;
    };

    EventLoop& loop_;
    int fd_ = -1;
    bool wants_write_ = false;
    std::unique_ptr<event, EventDeleter> read_event_;
    std::unique_ptr<event, EventDeleter> write_event_;
};

}  // namespace sessmirror::net
