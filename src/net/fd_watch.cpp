// SPDX-License-Identifier: BSD-3-Clause
#include "net/fd_watch.h"

#include <event2/event.h>
#include <poll.h>

#include <algorithm>

namespace sessmirror::net {
namespace {

// As long as a socket of a store may take the loop's place.
constexpr Duration kLongestWait = milliseconds(4);

short event_bits(FdEvents events) noexcept {
    return static_cast<short>((events.read ? EV_READ : 0) | (events.write ? EV_WRITE : 0));
}

short poll_bits(FdEvents events) noexcept {
    return static_cast<short>((events.read ? POLLIN : 0) | (events.write ? POLLOUT : 0));
}

}  // namespace

void FdWatch::EventDeleter::operator()(event* ev) const noexcept {
    event_free(ev);
}

FdWatch::FdWatch(EventLoop& loop, FdSink& sink) : loop_(loop), sink_(sink) {
    loop_.watch_fork(*this);
}

FdWatch::~FdWatch() {
    stop();
    loop_.unwatch_fork(*this);
}

bool FdWatch::watch(int fd, FdEvents wanted) {
    if (event_ && fd == fd_ && wanted == wanted_) return true;
    stop();
    event_base* const base = loop_.base();
    if (base == nullptr) return false;
    const auto on_ready = [](evutil_socket_t, short what, void* self) noexcept {
        static_cast<FdWatch*>(self)->sink_.on_fd_ready(
            {(what & EV_READ) != 0, (what & EV_WRITE) != 0});
    };
    const auto bits = static_cast<short>(event_bits(wanted) | EV_PERSIST);
    event_.reset(event_new(base, fd, bits, on_ready, this));
    if (!event_ || event_add(event_.get(), nullptr) != 0) {
        event_.reset();
        return false;
    }
    fd_ = fd;
    wanted_ = wanted;
    tell_loop();
    return true;
}

void FdWatch::stop() noexcept {
    event_.reset();
    fd_ = -1;
    loop_.await_no_longer(*this);
}

void FdWatch::await(bool is_awaited) {
    is_awaited_ = is_awaited;
    tell_loop();
}

void FdWatch::tell_loop() {
    if (is_awaited_ && event_)
        loop_.await(*this);
    else
        loop_.await_no_longer(*this);
}

// Nothing is received here: the one who reads is called, as from the loop.
bool FdWatch::receive_directly(TimePoint limit) noexcept {
    const Duration wait = std::min(limit - loop_.now(), kLongestWait);
    const auto wait_ms = std::chrono::floor<milliseconds>(wait).count();
    if (wait_ms <= 0) return false;
    pollfd asked{fd_, poll_bits(wanted_), 0};
    if (::poll(&asked, 1, static_cast<int>(wait_ms)) != 1) return false;
    const bool has_ended = (asked.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    const FdEvents ready{wanted_.read && (has_ended || (asked.revents & POLLIN) != 0),
                         wanted_.write && (has_ended || (asked.revents & POLLOUT) != 0)};
    sink_.on_fd_ready(ready);
    return true;
}

void FdWatch::on_forked() noexcept {
    stop();
    sink_.on_fd_forked();
}

}  // namespace sessmirror::net
