// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "net/event_loop.h"

struct event;

namespace sessmirror::net {

// What a descriptor is waited for, or is ready for. The other side's end counts as readable.
struct FdEvents {
    bool read = false;
    bool write = false;
    friend bool operator==(const FdEvents&, const FdEvents&) = default;
};

// Called from the loop only. May change or stop the watch, but not destroy it.
class FdSink {
  public:
    virtual void on_fd_ready(FdEvents ready) noexcept = 0;
    // In a forked child, before anything else happens there: the parent goes on using what is
    // behind the descriptor. The watch has been stopped.
    virtual void on_fd_forked() noexcept = 0;

  protected:
    ~FdSink() = default;
};

// Somebody else's descriptor on our loop: that of a client library which reads and writes by
// itself, and only wants to be called when it can go on without waiting.
class FdWatch final : private AwaitedSocket, private ForkSink {
  public:
    // Both outlive this.
    FdWatch(EventLoop& loop, FdSink& sink);
    ~FdWatch();
    FdWatch(const FdWatch&) = delete;
    FdWatch& operator=(const FdWatch&) = delete;

    // From now on the sink is told, again and again while it is so, that the descriptor is ready
    // for one of these. Replaces what was watched before; costs nothing where nothing changes.
    // False when memory or descriptors have run out. REQUIRES: fd stays open until stop().
    bool watch(int fd, FdEvents wanted);
    void stop() noexcept;
    // Whether somebody waits for what comes of it (see EventLoop::await). Kept across watch() and
    // stop().
    void await(bool is_awaited);

  private:
    struct EventDeleter {
        void operator()(event* ev) const noexcept;
    };

    bool receive_directly(TimePoint limit) noexcept override;
    void on_forked() noexcept override;
    void tell_loop();

    EventLoop& loop_;
    FdSink& sink_;
    std::unique_ptr<event, EventDeleter> event_;
    int fd_ = -1;
    FdEvents wanted_;
    bool is_awaited_ = false;
};

}  // namespace sessmirror::net
