// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "net/event_loop.h"
#include "net/stream.h"

namespace sessmirror::fuzz {

// What every connection of a loop meets: a server that accepts it, takes whatever it is sent, sends
// the same text each time, and hangs up. Needs no system call. The first connection receives the
// text at once, the next ones in ever smaller pieces.
class MemoryServer final : public net::StreamMaker {
  public:
    explicit MemoryServer(std::string_view text) noexcept : text_(text) {}
    std::unique_ptr<net::Stream> make(net::EventLoop& loop, net::StreamSink& sink) override {
        return std::make_unique<Peer>(*this, loop, sink);
    }

  private:
    class Peer final : public net::Stream, private net::ReadySource {
      public:
        Peer(MemoryServer& server, net::EventLoop& loop, net::StreamSink& sink) noexcept
            : Stream(sink), server_(server), loop_(loop) {}
        ~Peer() override { close(); }
        Peer(const Peer&) = delete;
        Peer& operator=(const Peer&) = delete;

        int connect(const net::SocketAddress& /*address*/) override {
            close();
            rest_ = server_.text_;
            piece_ = server_.next_piece();
            is_open_ = true;
            return 0;
        }
        int outcome() noexcept override { return 0; }
        void close() noexcept override {
            loop_.unpost(*this);
            is_open_ = is_posted_ = is_watched_ = wants_write_ = false;
        }
        void abort() noexcept override { close(); }
        bool watch() override {
            is_watched_ = true;
            post();
            return true;
        }
        void want_write(bool wanted) override { wants_write_ = wanted; }
        ssize_t send(std::span<const iovec> pieces) noexcept override {
            std::size_t size = 0;
            for (const iovec& piece : pieces) size += piece.iov_len;
            return static_cast<ssize_t>(size);
        }
        ssize_t receive(std::span<std::byte> buffer) noexcept override {
            const ByteView bytes = as_bytes(rest_.substr(0, std::min(buffer.size(), piece_)));
            std::copy(bytes.begin(), bytes.end(), buffer.begin());
            rest_.remove_prefix(bytes.size());
            return static_cast<ssize_t>(bytes.size());
        }
        bool set_patience(Duration /*patience*/) noexcept override { return false; }
        ssize_t wait_and_receive(std::span<std::byte> buffer, bool /*whole*/) noexcept override {
            return receive(buffer);
        }
        [[nodiscard]] std::size_t unacknowledged() const noexcept override { return 0; }

      private:
        void on_ready() noexcept override {
            is_posted_ = false;
            if (wants_write_) sink().on_writable();
            if (is_watched_) sink().on_readable();
            if (is_open_) post();
        }
        void post() {
            if (!is_posted_) loop_.post(*this);
            is_posted_ = true;
        }

        MemoryServer& server_;
        net::EventLoop& loop_;
        std::string_view rest_;
        std::size_t piece_ = 0;
        bool is_open_ = false;
        bool is_watched_ = false;
        bool wants_write_ = false;
        bool is_posted_ = false;
    };

    std::size_t next_piece() noexcept { return std::max<std::size_t>(kWhole >> (8 * peers_++), 3); }

    static constexpr std::size_t kWhole = 1 << 20;
    std::string_view text_;
    unsigned peers_ = 0;
};

}  // namespace sessmirror::fuzz
