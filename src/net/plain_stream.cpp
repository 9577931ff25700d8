// SPDX-License-Identifier: BSD-3-Clause
#include "net/plain_stream.h"

#include <event2/event.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "net/event_loop.h"
#include "net/keep_alive.h"
#include "net/timeval.h"

namespace sessmirror::net {

void PlainStream::EventDeleter::operator()(event* ev) const noexcept {
    event_free(ev);
}

int PlainStream::connect(const SocketAddress& address) {
    close();
    fd_ = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return errno;
    if (!address.is_unix()) {
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        keep_alive(fd_);
    }
    return ::connect(fd_, address.get(), address.size) == 0 ? 0 : errno;
}

int PlainStream::outcome() noexcept {
    int code = 0;
    socklen_t size = sizeof code;
    return ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

void PlainStream::close() noexcept {
    read_event_.reset();
    write_event_.reset();
    wants_write_ = false;
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void PlainStream::abort() noexcept {
    constexpr linger kAtOnce{1, 0};
    if (fd_ >= 0) ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &kAtOnce, sizeof kAtOnce);
    close();
}

bool PlainStream::watch() {
    event_base* const base = loop_.base();
    if (base == nullptr) return false;
    const auto on_read = [](evutil_socket_t, short, void* self) noexcept {
        static_cast<PlainStream*>(self)->sink().on_readable();
    };
    const auto on_write = [](evutil_socket_t, short, void* self) noexcept {
        static_cast<PlainStream*>(self)->sink().on_writable();
    };
    read_event_.reset(event_new(base, fd_, EV_READ | EV_PERSIST, on_read, this));
    write_event_.reset(event_new(base, fd_, EV_WRITE | EV_PERSIST, on_write, this));
    wants_write_ = false;
    return read_event_ && write_event_ && event_add(read_event_.get(), nullptr) == 0;
}

void PlainStream::want_write(bool wanted) {
    if (wanted == wants_write_ || !write_event_) return;
    wants_write_ = wanted;
    if (wanted)
        event_add(write_event_.get(), nullptr);
    else
        event_del(write_event_.get());
}

ssize_t PlainStream::send(std::span<const iovec> pieces) noexcept {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    return ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t PlainStream::receive(std::span<std::byte> buffer) noexcept {
    return ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
}

bool PlainStream::set_patience(Duration patience) noexcept {
    const timeval wait = to_timeval(patience);
    const int flags = ::fcntl(fd_, F_GETFL);
    return flags >= 0 && ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
           ::fcntl(fd_, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

ssize_t PlainStream::wait_and_receive(std::span<std::byte> buffer, bool whole) noexcept {
    return ::recv(fd_, buffer.data(), buffer.size(), whole ? MSG_WAITALL : 0);
}

std::size_t PlainStream::unacknowledged() const noexcept {
    int in_kernel = 0;
    if (fd_ < 0 || ::ioctl(fd_, SIOCOUTQ, &in_kernel) != 0) return 0;
    return static_cast<std::size_t>(in_kernel);
}

}  // namespace sessmirror::net
