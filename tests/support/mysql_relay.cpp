// SPDX-License-Identifier: BSD-3-Clause
#include "support/mysql_relay.h"

#ifdef SESSMIRROR_WITH_MYSQL

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace sessmirror::test {
namespace {

// Finds the packets in what a client sends: three bytes of length, one that counts.
class Packets {
  public:
    // How many of them begin a question; the login goes on with numbers above zero.
    int take(std::string_view bytes) {
        int begun = 0;
        input_ += bytes;
        constexpr std::size_t kHead = 4;
        while (input_.size() >= kHead) {
            const auto at = [this](std::size_t i) {
                return std::size_t{static_cast<unsigned char>(input_[i])};
            };
            const std::size_t size = at(0) | at(1) << 8u | at(2) << 16u;
            if (input_.size() < kHead + size) break;
            begun += at(3) == 0;
            input_.erase(0, kHead + size);
        }
        return begun;
    }

  private:
    std::string input_;
};

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool receive(int fd, std::string& out) {
    std::array<char, 65536> buffer{};
    const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
    out.assign(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return size > 0;
}

}  // namespace

MysqlRelay::MysqlRelay(const RealMariadb& server, Answer answer)
    : server_(server),
      answer_(std::move(answer)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_fd_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, any, &size) != 0)
        std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

MysqlRelay::~MysqlRelay() {
    ::eventfd_write(stop_fd_, 1);
    thread_.join();
    ::close(listener_);
    ::close(stop_fd_);
}

store::MysqlTarget MysqlRelay::target(std::string table) const {
    store::MysqlTarget out = server_.target(std::move(table));
    out.endpoint = {false, "127.0.0.1", port_, "relay"};
    return out;
}

// One connection after the other, as a worker has them.
void MysqlRelay::run() {
    for (;;) {
        std::array<pollfd, 2> wanted{pollfd{listener_, POLLIN, 0}, pollfd{stop_fd_, POLLIN, 0}};
        ::poll(wanted.data(), wanted.size(), -1);
        if (wanted[1].revents != 0) return;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        ++connections_;
        serve(client);
        ::close(client);
    }
}

void MysqlRelay::serve(int client) {
    const int server = server_.connect();
    Packets packets;
    int asked = 0;
    std::string bytes;
    for (bool goes_on = server >= 0; goes_on;) {
        std::array<pollfd, 3> wanted{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0},
                                     pollfd{stop_fd_, POLLIN, 0}};
        ::poll(wanted.data(), wanted.size(), -1);
        if (wanted[2].revents != 0) break;
        if (wanted[0].revents != 0) {
            goes_on = receive(client, bytes);
            const int begun = packets.take(bytes);
            asked += begun;
            asked_ += begun;
            goes_on = goes_on && send_all(server, bytes);
        } else if (wanted[1].revents != 0) {
            goes_on = receive(server, bytes) && (!answer_ || answer_(bytes, asked)) &&
                      send_all(client, bytes);
        }
    }
    if (server >= 0) ::close(server);
}

}  // namespace sessmirror::test

#endif  // SESSMIRROR_WITH_MYSQL
