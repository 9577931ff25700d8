// SPDX-License-Identifier: BSD-3-Clause
#include "support/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

namespace sessmirror::test {
namespace {

constexpr std::size_t kHeader = 12;
constexpr unsigned char kIpv4 = 1;

// Where the question's name ends; 0 if it makes no sense.
std::size_t end_of_name(const std::array<unsigned char, 1500>& packet, std::size_t size) {
    std::size_t at = kHeader;
    while (at < size && packet[at] != 0) at += 1u + packet[at];
    return at + 5 <= size ? at + 1 : 0;
}

}  // namespace

NameServer::NameServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&own), size) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size) != 0)
        std::abort();
    char path[] = "/tmp/sessmirror-resolv-XXXXXX";
    const int file = ::mkstemp(path);
    if (file < 0) std::abort();
    ::close(file);
    path_ = path;
    std::ofstream(path_) << "nameserver 127.0.0.1:" << ntohs(own.sin_port) << "\n";
    thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
    ends_ = true;
    thread_.join();
    ::unlink(path_.c_str());
    ::close(socket_);
}

void NameServer::serve() {
    constexpr int kLook = 20;  // ms, between two looks at whether this ends
    while (!ends_) {
        pollfd readable{socket_, POLLIN, 0};
        if (::poll(&readable, 1, kLook) <= 0) continue;
        std::array<unsigned char, 1500> packet{};
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const ssize_t got = ::recvfrom(socket_, packet.data(), packet.size() - 16, 0,
                                       reinterpret_cast<sockaddr*>(&from), &length);
        const std::size_t name_end = got < 0 ? 0 : end_of_name(packet, static_cast<size_t>(got));
        if (name_end == 0) continue;
        ++questions_;
        const bool is_ipv4 = packet[name_end + 1] == kIpv4;
        if (is_silent || (!is_ipv4 && drops_ipv6)) continue;
        if (delay_ms > 0) ::poll(nullptr, 0, delay_ms);
        packet[2] = 0x81;
        packet[3] = 0x80;
        packet[7] = is_ipv4 ? 1 : 0;
        packet[11] = 0;
        std::size_t end = name_end + 4;
        const std::uint32_t ip = htonl(address);
        const auto* const bytes = reinterpret_cast<const unsigned char*>(&ip);
        if (is_ipv4)
            for (const unsigned char byte :
                 std::initializer_list<unsigned char>{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4,
                                                      bytes[0], bytes[1], bytes[2], bytes[3]})
                packet[end++] = byte;
        ::sendto(socket_, packet.data(), end, 0, reinterpret_cast<sockaddr*>(&from), length);
    }
}

}  // namespace sessmirror::test
