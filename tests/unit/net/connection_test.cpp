// SPDX-License-Identifier: BSD-3-Clause
#include "net/connection.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "support/fake_server.h"
#include "support/forgetful_streams.h"
#include "support/name_server.h"
#include "support/temporary_directory.h"

namespace sessmirror::net {
namespace {

using std::chrono::seconds;

class Counter final : public ConnectionSink {
  public:
    void on_open() noexcept override { is_open = true; }
    void on_bytes(ByteView bytes) noexcept override {
        received += bytes.size();
        if (received > kEnough) connection->close();
    }
    void on_closed(const Error&) noexcept override {}

    static constexpr std::size_t kEnough = 1u << 30;  // a loop that does not come back
    Connection* connection = nullptr;
    bool is_open = false;
    std::size_t received = 0;
};

// Sends as fast as it is read, without end.
class Flood : public testing::Test {
  protected:
    Flood() {
        sink_.connection = &connection_;
        connection_.open(seconds(5));
        EXPECT_TRUE(loop_.run_until(sink_.is_open, loop_.now() + seconds(5)));
    }
    ~Flood() override { connection_.close(); }

    test::FakeServer server_{
        [](test::FakePeer& peer, int) { peer.flood(std::string(1 << 20, 'x')); }};
    EventLoop loop_;
    Resolver resolver_{loop_};
    Counter sink_;
    Connection connection_{loop_, resolver_, {false, "127.0.0.1", server_.port(), "flood"}, sink_};
};

TEST_F(Flood, DoesNotKeepTheLoopBeyondItsDeadline) {
    const bool never = false;
    for (int i = 0; i < 10; ++i) {
        const TimePoint start = loop_.now();
        EXPECT_FALSE(loop_.run_until(never, start + milliseconds(2)));
        EXPECT_LT(loop_.now() - start, seconds(2));
    }
    EXPECT_GT(sink_.received, 0u);
    EXPECT_LT(sink_.received, Counter::kEnough);
}

TEST_F(Flood, IsReadNoMoreThanOnceAtOneLook) {
    const bool never = false;
    loop_.run_until(never, loop_.now() + milliseconds(2));
    const std::size_t before = sink_.received;
    loop_.run_ready();
    EXPECT_LE(sink_.received - before, loop_.scratch().size());
}

// ---- a host's name

class Outcome final : public ConnectionSink {
  public:
    void on_open() noexcept override { end("open"); }
    void on_bytes(ByteView) noexcept override {}
    void on_closed(const Error& reason) noexcept override { end(reason.detail); }

    std::string text;
    bool is_known = false;

  private:
    void end(std::string_view what) {
        text = what;
        is_known = true;
    }
};

class NamedHost : public testing::Test {
  protected:
    NamedHost() {
        loop_.use_streams(&wires_);
        connection_ = std::make_unique<Connection>(
            loop_, resolver_, Endpoint{false, "store.example", server_.port(), "it"}, sink_);
    }

    // What becomes of an open().
    std::string open(Duration timeout) {
        connection_->close();
        sink_ = {};
        connection_->open(timeout);
        EXPECT_TRUE(loop_.run_until(sink_.is_known, loop_.now() + seconds(10)));
        return sink_.text;
    }
    void list(std::string_view lines) { std::ofstream(hosts_) << lines; }

    test::FakeServer server_{[](test::FakePeer& peer, int) { peer.stall(); }};
    test::NameServer names_;
    test::TemporaryDirectory directory_;
    std::string hosts_ = directory_.path() + "/hosts";
    EventLoop loop_;
    Resolver resolver_{loop_, names_.resolv_conf(), hosts_};
    test::ForgetfulStreams wires_;
    Outcome sink_;
    std::unique_ptr<Connection> connection_;
};

TEST_F(NamedHost, IsReachedAtItsNextAddressWhenTheFirstIsSilent) {
    wires_.silence(*parse_ip("127.0.0.2"));
    list("127.0.0.2 store.example\n127.0.0.1 store.example\n");
    EXPECT_EQ(open(milliseconds(800)), "open");
    const TimePoint begun = loop_.now();
    EXPECT_EQ(open(milliseconds(800)), "open");
    EXPECT_LT(loop_.now() - begun, milliseconds(200)) << "the address that answered is the first";
}

TEST_F(NamedHost, IsReachedAtItsNextAddressWhenTheFirstRefuses) {
    list("127.0.0.2 store.example\n127.0.0.1 store.example\n");
    EXPECT_EQ(open(milliseconds(800)), "open");
}

TEST_F(NamedHost, HasAsMuchTimeToConnectAfterANameServerThatIsSlow) {
    names_.delay_ms = 120;
    names_.drops_ipv6 = true;
    EXPECT_EQ(open(milliseconds(100)), "open");
}

TEST_F(NamedHost, IsLookedUpAgainWhenNobodyIsAtItsAddress) {
    list("127.0.0.3 store.example\n");
    EXPECT_EQ(open(milliseconds(800)), "it refused the connection");
    list("127.0.0.1 store.example\n");
    const TimePoint limit = loop_.now() + seconds(5);  // less than a good answer holds
    while (open(milliseconds(800)) != "open" && loop_.now() < limit) {
    }
    EXPECT_EQ(sink_.text, "open");
}

TEST_F(NamedHost, IsLookedUpAgainWhenItsAddressIsSilent) {
    wires_.silence(*parse_ip("127.0.0.3"));
    list("127.0.0.3 store.example\n");
    EXPECT_EQ(open(milliseconds(20)), "it: no connection within 20 ms");
    list("127.0.0.1 store.example\n");
    const TimePoint limit = loop_.now() + seconds(5);
    while (open(milliseconds(20)) != "open" && loop_.now() < limit) {
    }
    EXPECT_EQ(sink_.text, "open");
}

}  // namespace
}  // namespace sessmirror::net
