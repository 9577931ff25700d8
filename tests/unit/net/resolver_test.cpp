// SPDX-License-Identifier: BSD-3-Clause
#include "net/resolver.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>

#include "support/name_server.h"
#include "support/temporary_directory.h"

namespace sessmirror::net {
namespace {

class Resolving : public testing::Test {
  protected:
    Resolving() { server_.is_silent = true; }
    IpAddresses wait(std::string_view host, Duration time) {
        return resolver_.resolve_blocking({&host, 1}, loop_.now() + time).front();
    }

    test::NameServer server_;
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
    const auto addresses = wait("localhost", std::chrono::seconds(5));
    ASSERT_FALSE(addresses.empty());
    EXPECT_TRUE(addresses.front().is_loopback());
    EXPECT_NE(resolver_.known("localhost"), nullptr);
}

TEST_F(Resolving, ASilentNameServerCostsNoMoreThanTheDeadline) {
    const TimePoint start = loop_.now();
    EXPECT_TRUE(wait("silent.invalid", milliseconds(40)).empty());
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

// ---- a name server that answers, and what becomes of its answers

class ResolvingNames : public testing::Test {
  protected:
    IpAddresses wait(std::string_view host) {
        return resolver_.resolve_blocking({&host, 1}, loop_.now() + std::chrono::seconds(5))
            .front();
    }
    [[nodiscard]] const IpAddress* first(std::string_view host) {
        const auto* answer = resolver_.known(host);
        return answer != nullptr && *answer && !(*answer)->empty() ? &(*answer)->front() : nullptr;
    }
    // Lets the loop run until the name is known by this address; false after some seconds.
    bool becomes(std::string_view host, const char* address) {
        const TimePoint limit = loop_.now() + std::chrono::seconds(5);
        const bool never = false;
        while (loop_.now() < limit) {
            const IpAddress* const now = first(host);
            if (now != nullptr && *now == parse_ip(address)) return true;
            loop_.run_until(never, loop_.now() + milliseconds(5));
        }
        return false;
    }

    test::NameServer server_;
    test::TemporaryDirectory directory_;
    std::string hosts_ = directory_.path() + "/hosts";
    EventLoop loop_;
    Resolver resolver_{loop_, server_.resolv_conf(), hosts_};
};

TEST_F(ResolvingNames, AServerThatDropsQuestionsForIpv6DelaysNobody) {
    server_.drops_ipv6 = true;
    const TimePoint begun = loop_.now();
    EXPECT_FALSE(wait("store.example").empty());
    EXPECT_LT(loop_.now() - begun, milliseconds(900));
}

TEST_F(ResolvingNames, SeveralNamesWaitForTheServerTogether) {
    server_.delay_ms = 30;  // each of its answers
    server_.drops_ipv6 = true;
    const std::array<std::string_view, 4> names = {"a.example", "127.0.0.9", "b.example",
                                                   "c.example"};
    const TimePoint begun = loop_.now();
    const auto answers = resolver_.resolve_blocking(names, begun + std::chrono::seconds(5));
    ASSERT_EQ(answers.size(), names.size());
    for (const IpAddresses& addresses : answers) EXPECT_EQ(addresses.size(), 1u);
    EXPECT_EQ(answers[1].front(), parse_ip("127.0.0.9"));
    EXPECT_GE(server_.questions(), 3);
}

TEST_F(ResolvingNames, AGoodAnswerHoldsWhileTheNameServerIsAway) {
    ASSERT_FALSE(wait("store.example").empty());
    server_.is_silent = true;
    resolver_.distrust("store.example");
    for (int i = 0; i < 3; ++i) {
        ASSERT_NE(first("store.example"), nullptr);
        const bool never = false;
        loop_.run_until(never, loop_.now() + milliseconds(5));
    }
}

TEST_F(ResolvingNames, ANameThatIsDistrustedIsAskedForAgainInTheBackground) {
    ASSERT_FALSE(wait("store.example").empty());
    server_.address = 0x0a000007;
    EXPECT_EQ(*first("store.example"), parse_ip("127.0.0.1"));
    const int before = server_.questions();
    EXPECT_EQ(*first("store.example"), parse_ip("127.0.0.1"));
    EXPECT_EQ(server_.questions(), before) << "nobody doubts the answer yet";
    resolver_.distrust("store.example");
    EXPECT_TRUE(becomes("store.example", "10.0.0.7"));
}

TEST_F(ResolvingNames, AChangeOfTheHostsFileIsSeen) {
    std::ofstream(hosts_) << "10.0.0.1 listed.example\n";
    ASSERT_EQ(wait("listed.example").front(), parse_ip("10.0.0.1"));
    std::ofstream(hosts_) << "10.0.0.22 listed.example\n";
    resolver_.distrust("listed.example");
    EXPECT_TRUE(becomes("listed.example", "10.0.0.22"));
}

}  // namespace
}  // namespace sessmirror::net
