// SPDX-License-Identifier: BSD-3-Clause
#include "net/dialer.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "support/fake_server.h"
#include "support/forgetful_streams.h"

namespace sessmirror::net {
namespace {

using std::chrono::seconds;

class Dialing : public testing::Test, protected DialSink {
  protected:
    static SocketAddress at(const char* ip, std::uint16_t port) {
        return to_socket_address(*parse_ip(ip), port);
    }
    SocketAddress open() const { return at("127.0.0.1", server_.port()); }
    SocketAddress refusing() const { return at("127.0.0.2", server_.port()); }
    SocketAddress silent() {
        wires_.silence(*parse_ip("127.0.0.3"));
        return at("127.0.0.3", server_.port());
    }
    // Which one was taken; none: all failed, or it is not over.
    std::optional<std::size_t> dial(const std::vector<SocketAddress>& addresses, Duration time,
                                    Duration patience = seconds(10)) {
        taken_.reset();
        failure_ = 0;
        is_over_ = false;
        dialer_.dial(addresses, time);
        EXPECT_FALSE(is_over_) << "told from the loop alone";
        loop_.run_until(is_over_, loop_.now() + patience);
        return taken_;
    }

    void on_dialed(std::unique_ptr<Stream>&, std::size_t which) noexcept override {
        taken_ = which;
        is_over_ = true;
        EXPECT_FALSE(dialer_.is_dialing());
    }
    void on_dial_failed(int code) noexcept override {
        failure_ = code;
        is_over_ = true;
        EXPECT_FALSE(dialer_.is_dialing());
    }

    test::FakeServer server_{[](test::FakePeer& peer, int) { peer.stall(); }};
    EventLoop loop_;
    test::ForgetfulStreams wires_;
    Dialer dialer_{loop_, *this};
    std::optional<std::size_t> taken_;
    int failure_ = 0;
    bool is_over_ = false;
};

TEST_F(Dialing, TakesTheFirstThatAnswers) {
    loop_.use_streams(&wires_);
    EXPECT_EQ(dial({open(), refusing()}, seconds(1)), 0u);
    EXPECT_EQ(dial({refusing(), open()}, seconds(1)), 1u);
    EXPECT_EQ(dial({silent(), refusing(), silent(), open()}, seconds(1)), 3u);
}

TEST_F(Dialing, GivesEachAddressItsShareOfTheTime) {
    loop_.use_streams(&wires_);
    const TimePoint begun = loop_.now();
    EXPECT_EQ(dial({silent(), open()}, milliseconds(400)), 1u);
    EXPECT_GE(loop_.now() - begun, milliseconds(200));
    EXPECT_LT(loop_.now() - begun, milliseconds(400));
}

TEST_F(Dialing, TellsTheLastFailure) {
    EXPECT_FALSE(dial({refusing(), refusing()}, seconds(1)));
    EXPECT_EQ(failure_, ECONNREFUSED);
    EXPECT_FALSE(dial({}, seconds(1)));
    EXPECT_EQ(failure_, EHOSTUNREACH);
}

TEST_F(Dialing, LeavesItToItsCallerHowLongToWait) {
    loop_.use_streams(&wires_);
    EXPECT_FALSE(dial({silent(), refusing()}, milliseconds(1), milliseconds(20)));
    EXPECT_TRUE(dialer_.is_dialing());
    dialer_.cancel();
    EXPECT_FALSE(dialer_.is_dialing());
    EXPECT_EQ(dial({open()}, seconds(1)), 0u);
}

}  // namespace
}  // namespace sessmirror::net
