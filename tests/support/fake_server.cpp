// SPDX-License-Identifier: BSD-3-Clause
#include "support/fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace sessmirror::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int bound_socket(std::uint16_t& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        std::abort();
    port = ntohs(address.sin_port);
    return fd;
}

// Whether fd is ready; false when stop_fd says to stop, but what has arrived is read first.
bool wait_for(int fd, short events, int stop_fd) {
    pollfd wanted[2] = {{fd, events, 0}, {stop_fd, POLLIN, 0}};
    while (::poll(wanted, 2, -1) < 0 && errno == EINTR) {
    }
    return wanted[1].revents == 0 || (wanted[0].revents & POLLIN) != 0;
}

}  // namespace

bool FakePeer::fill() {
    char buffer[65536];
    if (!wait_for(fd_, POLLIN, stop_fd_)) return false;
    const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    input_.append(buffer, static_cast<std::size_t>(size));
    return true;
}

std::string FakePeer::read_line() {
    std::size_t end;
    while ((end = input_.find("\r\n")) == std::string::npos)
        if (!fill()) return {};
    const std::string line = input_.substr(0, end);
    input_.erase(0, end + 2);
    return line;
}

std::string FakePeer::read_bytes(std::size_t size) {
    while (input_.size() < size)
        if (!fill()) break;
    std::string bytes = input_.substr(0, size);
    input_.erase(0, size);
    return bytes;
}

bool FakePeer::swallow(std::size_t bytes) {
    while (input_.size() < bytes) {
        bytes -= input_.size();
        input_.clear();
        if (!fill()) return false;
    }
    input_.erase(0, bytes);
    return true;
}

std::string FakePeer::read_command() {
    const std::string line = read_line();
    if (line.starts_with("ms ")) {
        const std::size_t size = std::strtoul(line.c_str() + line.find(' ', 3), nullptr, 10);
        data_ = read_bytes(size);
        if (!swallow(2)) return {};
    }
    return line;
}

std::string FakePeer::skip_commands(int n) {
    std::string line;
    for (int i = 0; i < n; ++i) line = read_command();
    return line;
}

bool FakePeer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        if (!wait_for(fd_, POLLOUT, stop_fd_)) return false;
        const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size < 0 && errno != EAGAIN) return false;
        if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

void FakePeer::stall() {
    while (fill()) input_.clear();
}

void FakePeer::limit_backlog() {
    const int size = 32 * 1024;
    if (::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) != 0) std::abort();
}

void FakePeer::hang() {
    wait_for(fd_, 0, stop_fd_);
}

void FakePeer::flood(std::string_view bytes) {
    while (send(bytes)) {
    }
}

std::string opaque_of(std::string_view command) {
    const std::size_t at = command.rfind(" O");
    return at == std::string_view::npos ? std::string() : std::string(command.substr(at));
}

FakeServer::FakeServer(Script script)
    : script_(std::move(script)),
      listener_(bound_socket(port_)),
      stop_fd_(::eventfd(0, EFD_CLOEXEC)) {
    if (::listen(listener_, 64) != 0) std::abort();
    acceptor_ = std::thread([this] { accept_all(); });
}

FakeServer::~FakeServer() {
    const std::uint64_t stop = 1;
    if (::write(stop_fd_, &stop, sizeof stop) != sizeof stop) std::abort();
    acceptor_.join();
    for (std::thread& worker : workers_) worker.join();
    ::close(listener_);
    ::close(stop_fd_);
}

void FakeServer::accept_all() {
    while (wait_for(listener_, POLLIN, stop_fd_)) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        const int one = 1;  // each piece goes as it is sent
        if (::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) std::abort();
        const int number = connections_++;
        workers_.emplace_back([this, fd, number] {
            FakePeer peer(fd, stop_fd_);
            script_(peer, number);
            ::close(fd);
        });
    }
}

std::string greet(FakePeer& peer) {
    if (peer.read_command() != "version") return {};
    peer.send("VERSION 1.6.18\r\n");
    std::string next = peer.read_command();
    if (next != "stats") return next;
    peer.send("STAT pid 77\r\nSTAT uptime 5\r\nSTAT time 1700000005\r\nEND\r\n");
    return peer.read_command();
}

BlackHole::BlackHole() : listener_(bound_socket(port_)) {
    if (::listen(listener_, 0) != 0) std::abort();
    // Fill the queue: the kernel drops further connection attempts without a word.
    const sockaddr_in address = loopback(port_);
    for (int i = 0; i < 4; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        static_cast<void>(
            ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
        fillers_.push_back(fd);
    }
}

BlackHole::~BlackHole() {
    for (const int fd : fillers_) ::close(fd);
    ::close(listener_);
}

std::uint16_t free_port() {
    std::uint16_t port = 0;
    ::close(bound_socket(port));
    return port;
}

}  // namespace sessmirror::test
