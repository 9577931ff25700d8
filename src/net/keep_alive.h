// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace sessmirror::net {

// Has the kernel ask over a connection that is idle whether the other side is there, while the
// process sleeps. Firewalls and balancers forget connections that are idle for some minutes: this
// keeps them in mind, and ends a connection that was forgotten all the same (or whose host is gone)
// before a page sends a request into the void. What was sent and is not acknowledged in half a
// minute ends the connection too, instead of the quarter of an hour that is usual.
inline void keep_alive(int fd) noexcept {
    constexpr int kOn = 1;
    constexpr int kIdleSeconds = 60;
    constexpr int kIntervalSeconds = 5;
    constexpr int kProbes = 4;
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &kOn, sizeof kOn);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kIdleSeconds, sizeof kIdleSeconds);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kIntervalSeconds, sizeof kIntervalSeconds);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof kProbes);
#ifdef TCP_USER_TIMEOUT
    constexpr unsigned kUnacknowledgedMilliseconds = 30'000;
    ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMilliseconds,
                 sizeof kUnacknowledgedMilliseconds);
#endif
}

}  // namespace sessmirror::net
