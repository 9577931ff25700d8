// SPDX-License-Identifier: BSD-3-Clause
#include "net/resolver.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace sessmirror::net {
namespace {

// A name server that takes questions and never answers, and the file that names it.
class SilentNameServer {
  public:
    SilentNameServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            std::abort();
        char path[] = "/tmp/sessmirror-resolv-XXXXXX";
        const int file = ::mkstemp(path);
        if (file < 0) std::abort();
        ::close(file);
        path_ = path;
        std::ofstream(path_) << "nameserver 127.0.0.1:" << ntohs(address.sin_port) << "\n";
    }
    ~SilentNameServer() {
        ::unlink(path_.c_str());
        ::close(socket_);
    }
    SilentNameServer(const SilentNameServer&) = delete;
    SilentNameServer& operator=(const SilentNameServer&) = delete;
    [[nodiscard]] const std::string& resolv_conf() const noexcept { return path_; }

  private:
    int socket_;
    std::string path_;
};

class Resolving : public testing::Test {
  protected:
    SilentNameServer server_;
    EventLoop loop_;
    Resolver resolver_{loop_, server_.resolv_conf()};
};

TEST_F(Resolving, NumericAddressesNeedNobody) {
    const auto* answer = resolver_.known("10.1.2.3");
    ASSERT_NE(answer, nullptr);
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->front(), parse_ip("10.1.2.3"));
    EXPECT_EQ(resolver_.known("localhost"), nullptr);
}

TEST_F(Resolving, FindsNamesOfTheHostsFileAndKeepsThem) {
    const auto addresses =
        resolver_.resolve_blocking("localhost", loop_.now() + std::chrono::seconds(5));
    ASSERT_FALSE(addresses.empty());
    EXPECT_TRUE(addresses.front().is_loopback());
    EXPECT_NE(resolver_.known("localhost"), nullptr);
}

TEST_F(Resolving, ASilentNameServerCostsNoMoreThanTheDeadline) {
    const TimePoint start = loop_.now();
    EXPECT_TRUE(resolver_.resolve_blocking("silent.invalid", start + milliseconds(40)).empty());
    EXPECT_LT(loop_.now() - start, std::chrono::seconds(2));
}

TEST_F(Resolving, ACancelledQuestionIsNotAnswered) {
    struct Sink final : ResolveSink {
        void on_resolved(const Result<IpAddresses>&) noexcept override { ++answers; }
        int answers = 0;
    } sink;
    {
        Resolver other(loop_, server_.resolv_conf());
        other.resolve("silent.invalid", sink);
        other.cancel(sink);
    }
    loop_.run_ready();
    EXPECT_EQ(sink.answers, 0);
}

}  // namespace
}  // namespace sessmirror::net
