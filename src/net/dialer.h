// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "net/event_loop.h"
#include "net/socket_address.h"
#include "net/stream.h"

namespace sessmirror::net {

// One of the two is called for each dial() that is not cancelled, from the loop. May dial again,
// but not destroy the dialer.
class DialSink {
  public:
    // The stream is connected to addresses[which], watched, and wants to write. Whoever takes it
    // swaps it for a closed one and becomes its sink; it is closed otherwise.
    virtual void on_dialed(std::unique_ptr<Stream>& stream, std::size_t which) noexcept = 0;
    // No address could be reached; the errno of the last that failed.
    virtual void on_dial_failed(int code) noexcept = 0;

  protected:
    ~DialSink() = default;
};

// Makes a stream to one of several addresses. The next one is tried when the one before has failed,
// or has not answered for its share of the time; who was tried stays in the race, and the first
// that answers is taken (RFC 8305 in its spirit). Whoever dials keeps the time.
class Dialer final : private TimerSink {
  public:
    // Both outlive this.
    Dialer(EventLoop& loop, DialSink& sink);
    ~Dialer();
    Dialer(const Dialer&) = delete;
    Dialer& operator=(const Dialer&) = delete;

    // Begins, or begins again with other addresses. `time` is what all of them have together.
    void dial(std::span<const SocketAddress> addresses, Duration time) noexcept;
    // No callback.
    void cancel() noexcept;
    [[nodiscard]] bool is_dialing() const noexcept { return is_dialing_; }

  private:
    class Attempt;
    static constexpr Duration kLongestShare = milliseconds(250);

    void on_timer() noexcept override;
    void try_next() noexcept;
    [[nodiscard]] int begin(std::size_t which) noexcept;
    void won(Attempt& attempt) noexcept;
    void lost(int code) noexcept;
    void fail() noexcept;

    EventLoop& loop_;
    DialSink& sink_;
    std::unique_ptr<Timer> timer_;  // the next attempt, or the news that all have failed
    std::vector<SocketAddress> addresses_;
    std::vector<std::unique_ptr<Attempt>> attempts_;  // kept with their streams for the next time
    std::size_t next_ = 0;
    std::size_t under_way_ = 0;
    Duration share_{};
    int code_ = 0;  // of the last that failed
    bool is_dialing_ = false;
};

}  // namespace sessmirror::net
