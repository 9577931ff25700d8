// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cerrno>
#include <memory>
#include <optional>
#include <span>

#include "net/event_loop.h"
#include "net/plain_stream.h"

namespace sessmirror::test {

// The sockets of a loop behind a firewall, which can forget the connections that exist: what is
// sent on them vanishes, and nothing comes back, not even an acknowledgement. New ones are let
// through, unless everything is cut.
class ForgetfulStreams final : public net::StreamMaker {
  public:
    std::unique_ptr<net::Stream> make(net::EventLoop& loop, net::StreamSink& sink) override {
        return std::make_unique<Wire>(*this, loop, sink);
    }
    void forget_connections() noexcept { ++age_; }
    // New connections are not made either.
    void cut_everything() noexcept {
        forget_connections();
        is_cut_ = true;
    }
    // Nobody answers at this address.
    void silence(const net::IpAddress& address) noexcept { silent_ = address; }
    [[nodiscard]] int aborted() const noexcept { return aborted_; }

  private:
    class Wire final : public net::PlainStream {
      public:
        Wire(ForgetfulStreams& owner, net::EventLoop& loop, net::StreamSink& sink) noexcept
            : PlainStream(loop, sink), owner_(owner) {}

        int connect(const net::SocketAddress& address) override {
            age_ = owner_.age_;
            lost_ = 0;
            const auto ip = net::from_sockaddr(address.get());
            is_unheard_ = owner_.is_cut_ || (ip && ip == owner_.silent_);
            return is_unheard_ ? EINPROGRESS : PlainStream::connect(address);
        }
        bool watch() override { return is_unheard_ || PlainStream::watch(); }
        void abort() noexcept override {
            ++owner_.aborted_;
            PlainStream::abort();
        }
        ssize_t send(std::span<const iovec> pieces) noexcept override {
            if (!is_forgotten()) return PlainStream::send(pieces);
            ssize_t size = 0;
            for (const iovec& piece : pieces) size += static_cast<ssize_t>(piece.iov_len);
            lost_ += static_cast<std::size_t>(size);
            return size;
        }
        ssize_t receive(std::span<std::byte> buffer) noexcept override {
            return is_forgotten() ? nothing() : PlainStream::receive(buffer);
        }
        ssize_t wait_and_receive(std::span<std::byte> buffer, bool whole) noexcept override {
            return is_forgotten() ? nothing() : PlainStream::wait_and_receive(buffer, whole);
        }
        [[nodiscard]] std::size_t unacknowledged() const noexcept override {
            return is_forgotten() ? lost_ : PlainStream::unacknowledged();
        }

      private:
        [[nodiscard]] bool is_forgotten() const noexcept { return age_ != owner_.age_; }
        static ssize_t nothing() noexcept {
            errno = EAGAIN;
            return -1;
        }

        ForgetfulStreams& owner_;
        int age_ = 0;
        std::size_t lost_ = 0;
        bool is_unheard_ = false;
    };

    int age_ = 0;
    int aborted_ = 0;
    bool is_cut_ = false;
    std::optional<net::IpAddress> silent_;
};

}  // namespace sessmirror::test
