// SPDX-License-Identifier: BSD-3-Clause
// How long a store is waited for: while it is silent, and not while a large session is on its way.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "support/fake_server.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::FakePeer;
using test::FakeServer;
using test::greet;
using test::key_of;
using test::opaque_of;
using test::Session;
using test::StoreClient;

constexpr std::size_t kMegabyte = 1'000'000;
constexpr Duration kPeriod = milliseconds(200);
constexpr Duration kIoTimeout = milliseconds(500);

StoreSpec at(const FakeServer& server) {
    StoreSpec spec;
    spec.host = "127.0.0.1";
    spec.port = server.port();
    return spec;
}

// Beats in the client's loop; a server takes a step with each.
class Beat final : public TimerSink {
  public:
    explicit Beat(Duration period = kPeriod) : period_(period) {}
    void begin(net::EventLoop& loop) {
        timer_ = loop.make_timer(*this);
        timer_->start(period_);
    }
    void end() {  // before the loop does
        timer_.reset();
        beats_ = 1'000'000;
        beats_.notify_all();
    }
    void await(int number) {
        for (int seen = beats_; seen < number; seen = beats_) beats_.wait(seen);
    }

  private:
    void on_timer() noexcept override {
        ++beats_;
        beats_.notify_all();
        timer_->start(period_);
    }

    const Duration period_;
    std::unique_ptr<Timer> timer_;
    std::atomic<int> beats_{0};
};

// What a client that has not yet asked for the largest item then sends.
std::string tell_settings_and_read_line(FakePeer& peer) {
    peer.limit_backlog();
    greet(peer);
    peer.send("STAT item_size_max 1073741824\r\nEND\r\n");
    return peer.read_line();
}

// Its host acknowledges what it does not read.
TEST(MemcachedPatience, ASilentStoreIsGivenUpAfterOneTimeout) {
    FakeServer server([&](FakePeer& peer, int) {
        greet(peer);
        peer.stall();
    });
    StoreClient client(at(server), {.io_timeout = seconds(1)});
    const TimePoint before = client.loop().now();
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Timeout);
    EXPECT_GE(client.loop().now() - before, seconds(1));
    EXPECT_LT(client.loop().now() - before, milliseconds(1900));
}

TEST(MemcachedPatience, AnAnswerMayComeSlowlyIfItKeepsComing) {
    Beat beat;
    FakeServer server([&](FakePeer& peer, int) {
        const std::string command = greet(peer);
        peer.send("VA 5000000 c1 f1 t60" + opaque_of(command) + "\r\n");
        for (int i = 1; i <= 5; ++i) {
            beat.await(i);
            peer.send(std::string(kMegabyte, 'x'));
        }
        peer.send("\r\n");
        peer.stall();
    });
    StoreClient client(at(server), {.io_timeout = kIoTimeout});
    beat.begin(client.loop());
    const auto reply = client.fetch(key_of("a"));
    beat.end();
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->value.size(), 5 * kMegabyte);
}

TEST(MemcachedPatience, AnAnswerThatStopsHalfWayIsGivenUp) {
    FakeServer server([&](FakePeer& peer, int) {
        const std::string command = greet(peer);
        peer.send("VA 5000000 c1 f1 t60" + opaque_of(command) + "\r\n" +
                  std::string(kMegabyte, 'x'));
        peer.stall();
    });
    StoreClient client(at(server), {.io_timeout = milliseconds(50)});
    const TimePoint before = client.loop().now();
    const auto reply = client.fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Timeout);
    EXPECT_LT(client.loop().now() - before, seconds(5));
}

// A part of the answer with each beat, without end.
void drip(FakePeer& peer, Beat& beat, std::string_view part) {
    for (int i = 1; peer.send(part); ++i) beat.await(i);
}

TEST(MemcachedPatience, AnAnswerThatDripsIsGivenUpLikeOneThatDoesNotCome) {
    Beat beat(milliseconds(10));
    FakeServer server([&](FakePeer& peer, int) {
        const std::string command = greet(peer);
        peer.send("VA 5000000 c1 f1 t60" + opaque_of(command) + "\r\n");
        drip(peer, beat, "x");
    });
    StoreClient client(at(server), {.io_timeout = milliseconds(100)});
    beat.begin(client.loop());
    const TimePoint before = client.loop().now();
    const auto reply = client.fetch(key_of("a"));
    const Duration waited = client.loop().now() - before;
    beat.end();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Timeout);
    EXPECT_LT(waited, seconds(5)) << "which is the caller's deadline";
}

TEST(MemcachedPatience, AGreetingThatDripsIsGivenUp) {
    Beat beat(milliseconds(10));
    FakeServer server([&](FakePeer& peer, int) { drip(peer, beat, "VERSION 1.6.18"); });
    StoreClient client(at(server), {.io_timeout = milliseconds(100)});
    beat.begin(client.loop());
    const TimePoint before = client.loop().now();
    const auto reply = client.fetch(key_of("a"));
    const Duration waited = client.loop().now() - before;
    beat.end();
    ASSERT_FALSE(reply);
    EXPECT_LT(waited, seconds(5));
}

TEST(MemcachedPatience, AnAnswerThatKeepsComingEndsAtTheCallersDeadline) {
    FakeServer server([&](FakePeer& peer, int) {
        const std::string command = greet(peer);
        peer.send("VA 16000000 c1 f1 t60" + opaque_of(command) + "\r\n");
        peer.flood(std::string(1000, 'x'));
    });
    StoreClient client(at(server), {.io_timeout = kIoTimeout, .max_payload = 16'000'000});
    client.patience = milliseconds(1);
    const TimePoint before = client.loop().now();
    const auto reply = client.fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_LT(client.loop().now() - before, seconds(5));
}

// The store is not to blame, and must not be called down.
TEST(MemcachedPatience, WhoeverHadNoTimeToWaitSaysSo) {
    FakeServer server([&](FakePeer& peer, int) {
        greet(peer);
        peer.stall();
    });
    StoreClient client(at(server), {.io_timeout = seconds(10)});
    client.patience = milliseconds(20);
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::OutOfTime);
}

TEST(MemcachedPatience, ALargeSessionMayBeTakenSlowlyIfItKeepsBeingTaken) {
    Beat beat;
    FakeServer server([&](FakePeer& peer, int) {
        const std::string command = tell_settings_and_read_line(peer);
        for (int i = 1; i <= 8; ++i) {
            beat.await(i);
            peer.swallow(kMegabyte);
        }
        peer.read_line();  // what was not yet read
        beat.await(11);    // the look at 2 s finds nothing on its way any more
        peer.send("HD c1" + opaque_of(command) + "\r\n");
        peer.stall();
    });
    StoreClient client(at(server), {.io_timeout = kIoTimeout});
    const Session session("a", std::string(8 * kMegabyte, 'x'));
    beat.begin(client.loop());
    const auto reply = client.put(session.put(client));
    beat.end();
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->outcome, PutOutcome::Stored);
}

// Requests that wait in line behind it are no sign that nothing moves.
TEST(MemcachedPatience, ALargeSessionMayBeTakenSlowlyWhileOthersWait) {
    Beat beat;
    FakeServer server([&](FakePeer& peer, int) {
        std::string command = tell_settings_and_read_line(peer);
        for (int i = 1; i <= 8; ++i) {
            beat.await(i);
            peer.swallow(kMegabyte);
        }
        peer.read_line();  // what was not yet read
        peer.send("HD c1" + opaque_of(command) + "\r\n");
        command = peer.read_command();
        peer.send("EN" + opaque_of(command) + "\r\n");
        peer.stall();
    });
    StoreClient client(at(server), {.io_timeout = kIoTimeout});
    const Session session("a", std::string(8 * kMegabyte, 'x'));
    beat.begin(client.loop());
    client.store().put(session.put(client), &client.sink);
    client.loop().run_until(client.sink.done, client.loop().now() + kPeriod);
    test::CollectingSink second;
    client.store().fetch({key_of("b"), Want::Value, std::nullopt, client.deadline()}, &second);
    client.loop().run_until(second.done, client.deadline());
    beat.end();
    ASSERT_TRUE(client.sink.put && *client.sink.put);
    ASSERT_TRUE(second.fetched && *second.fetched);
    EXPECT_FALSE((*second.fetched)->found);
}

TEST(MemcachedPatience, AStoreThatTakesALargeSessionInDropsIsGivenUp) {
    Beat beat(milliseconds(10));
    FakeServer server([&](FakePeer& peer, int) {
        tell_settings_and_read_line(peer);
        for (int i = 1; peer.swallow(100); ++i) beat.await(i);
    });
    StoreClient client(at(server), {.io_timeout = milliseconds(100)});
    const Session session("a", std::string(8 * kMegabyte, 'x'));
    beat.begin(client.loop());
    const TimePoint before = client.loop().now();
    const auto reply = client.put(session.put(client));
    const Duration waited = client.loop().now() - before;
    beat.end();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Timeout);
    EXPECT_LT(waited, seconds(5));
}

TEST(MemcachedPatience, AStoreThatStopsTakingALargeSessionIsGivenUp) {
    FakeServer server([&](FakePeer& peer, int) {
        tell_settings_and_read_line(peer);
        peer.swallow(kMegabyte);
        peer.hang();
    });
    StoreClient client(at(server), {.io_timeout = milliseconds(50)});
    const Session session("a", std::string(8 * kMegabyte, 'x'));
    const TimePoint before = client.loop().now();
    const auto reply = client.put(session.put(client));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Timeout);
    EXPECT_LT(client.loop().now() - before, seconds(5));
}

}  // namespace
}  // namespace sessmirror::store
