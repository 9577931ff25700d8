// SPDX-License-Identifier: BSD-3-Clause
#include "net/connection.h"

#include <gtest/gtest.h>

#include <string>

#include "support/fake_server.h"

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

}  // namespace
}  // namespace sessmirror::net
