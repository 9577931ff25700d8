// SPDX-License-Identifier: BSD-3-Clause
// What every store behind a link promises of its connection, whatever it speaks.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "store/memcached/engine.h"
#include "store/redis/engine.h"
#include "support/fake_server.h"
#include "support/forgetful_streams.h"
#include "support/real_memcached.h"
#include "support/real_redis.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::key_of;
using test::payload_of;
using test::RealMemcached;
using test::RealRedis;
using test::Session;
using test::StoreClient;

constexpr bool kTransports[] = {false, true};  // whether over a UNIX socket

template <class Server>
class LinkTest : public testing::Test {
  protected:
    static constexpr bool kIsRedis = std::is_same_v<Server, RealRedis>;

    static Server start(bool on_unix_socket) {
        if constexpr (kIsRedis)
            return RealRedis({.on_unix_socket = on_unix_socket});
        else
            return RealMemcached({}, on_unix_socket);
    }
    static StoreSpec at(std::uint16_t port) {
        StoreSpec spec;
        spec.engine = kIsRedis ? &kRedisEngine : &kMemcachedEngine;
        spec.host = "127.0.0.1";
        spec.port = port;
        return spec;
    }
};

#ifdef SESSMIRROR_WITH_REDIS
using Servers = testing::Types<RealMemcached, RealRedis>;
#else
using Servers = testing::Types<RealMemcached>;
#endif
TYPED_TEST_SUITE(LinkTest, Servers);

TYPED_TEST(LinkTest, ReportsNobodyListeningAsRefused) {
    StoreClient client(this->at(test::free_port()));
    const auto reply = client.fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Refused);
    EXPECT_NE(std::string(reply.error().detail).find("refused the connection"), std::string::npos);
}

TYPED_TEST(LinkTest, ReportsAMissingSocketFileAsUnreachable) {
    StoreSpec spec = this->at(0);
    spec.transport = Transport::Unix;
    spec.host = "/nonexistent/store.sock";
    StoreClient client(spec);
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Unreachable);
}

TYPED_TEST(LinkTest, GivesABlackHoleUpAfterTheConnectTimeout) {
    const test::BlackHole hole;
    StoreClient client(this->at(hole.port()), {.connect_timeout = milliseconds(50)});
    const TimePoint before = client.loop().now();
    const auto reply = client.fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Timeout) << reply.error().detail;
    EXPECT_GE(client.loop().now() - before, milliseconds(50));
}

TYPED_TEST(LinkTest, TellsTheLifeOfTheServerWhenAConnectionWasLostAndNothingWithIt) {
    auto server = this->start(false);
    StoreClient client(server.spec());
    ASSERT_TRUE(client.fetch(key_of("a")));
    EXPECT_FALSE(client.events.last.life) << "nothing to compare it with";
    std::vector<Life> lives;
    for (int i = 0; i < 2; ++i) {
        server.kill();
        server.start();
        ASSERT_TRUE(client.fetch(key_of("a")));
        EXPECT_FALSE(client.events.last.has_lost) << "the request was made again";
        ASSERT_TRUE(client.events.last.life);
        lives.push_back(*client.events.last.life);
    }
    EXPECT_FALSE(lives[0] == lives[1]);
}

// The column `tr` of /proc/net/tcp, 02 where the kernel waits for its next keep-alive.
std::string timer_of_connection_to(std::uint16_t port) {
    std::ifstream table("/proc/self/net/tcp");
    char remote[16];
    std::snprintf(remote, sizeof remote, "0100007F:%04X", port);
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string slot, local, other, state, queues, timer;
        words >> slot >> local >> other >> state >> queues >> timer;
        if (other == remote && state == "01") return timer.substr(0, 2);
    }
    return "(no connection)";
}

TYPED_TEST(LinkTest, KeepsAnIdleConnectionInTheMindOfFirewalls) {
    const auto server = this->start(false);
    StoreClient client(server.spec());
    ASSERT_TRUE(client.fetch(key_of("a")));
    EXPECT_EQ(timer_of_connection_to(server.spec().port), "02");
}

TYPED_TEST(LinkTest, TellsThatRequestsWereLostWithAConnection) {
    auto server = this->start(false);
    StoreClient client(server.spec(), {.io_timeout = milliseconds(50)});
    ASSERT_TRUE(client.fetch(key_of("a")));
    server.stop();
    EXPECT_FALSE(client.fetch(key_of("a")));
    server.resume();
    ASSERT_TRUE(client.fetch(key_of("a")));
    EXPECT_TRUE(client.events.last.has_lost);
    EXPECT_EQ(client.events.connected, 2);
}

// What was acknowledged before is no progress of what is not.
TYPED_TEST(LinkTest, WaitsOneTimeoutForAHungStoreWhateverItAnsweredBefore) {
    for (const bool on_unix_socket : kTransports) {
        auto server = this->start(on_unix_socket);
        StoreClient client(server.spec(), {.io_timeout = seconds(1)});
        const Session session("a", "x", {5, 6});
        ASSERT_TRUE(client.put(session.put(client)));
        for (int i = 0; i < 500; ++i) ASSERT_TRUE(client.fetch(session.key));
        server.stop();
        const TimePoint before = client.loop().now();
        EXPECT_EQ(client.fetch(session.key).error().code, Errc::Timeout);
        EXPECT_GE(client.loop().now() - before, seconds(1));
        EXPECT_LT(client.loop().now() - before, milliseconds(1900));
        server.resume();
        const auto reply = client.fetch(session.key);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(payload_of(*reply), "x");
    }
}

TYPED_TEST(LinkTest, MakesARequestAgainWhoseConnectionAFirewallForgot) {
    const auto server = this->start(false);
    test::ForgetfulStreams firewall;
    StoreClient client(server.spec(), {.io_timeout = milliseconds(400)}, &firewall);
    const Session session("a", "x");
    ASSERT_TRUE(client.put(session.put(client)));
    for (int i = 1; i <= 3; ++i) {
        firewall.forget_connections();
        const auto reply = client.lock(session.key, "worker");
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(reply->lock, LockState::Granted);
        EXPECT_EQ(payload_of(*reply), "x");
        EXPECT_TRUE(client.release(session.key, reply->holder));
        EXPECT_EQ(client.events.connected, 1 + i);
        EXPECT_FALSE(client.events.last.has_lost) << "the request was made again";
        EXPECT_EQ(firewall.aborted(), i) << "the kernel must not repeat what was made again";
    }
}

TYPED_TEST(LinkTest, WaitsOneTimeoutForAStoreThatNothingReaches) {
    const auto server = this->start(false);
    test::ForgetfulStreams wires;
    StoreClient client(server.spec(), {.io_timeout = milliseconds(400)}, &wires);
    ASSERT_TRUE(client.fetch(key_of("a")));
    wires.cut_everything();
    const TimePoint before = client.loop().now();
    const auto reply = client.fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Timeout) << reply.error().detail;
    EXPECT_LT(client.loop().now() - before, milliseconds(790));
    EXPECT_EQ(wires.aborted(), 0) << "what withdraws a claim is sent for as long as it takes";
}

// Its kernel acknowledges what it is sent.
TYPED_TEST(LinkTest, MakesNoSecondConnectionToAStoreThatHangs) {
    auto server = this->start(false);
    test::ForgetfulStreams wires;
    StoreClient client(server.spec(), {.io_timeout = milliseconds(400)}, &wires);
    ASSERT_TRUE(client.fetch(key_of("a")));
    server.stop();
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Timeout);
    EXPECT_EQ(wires.aborted(), 0);
}

TYPED_TEST(LinkTest, AnswersTheSameToAWorkerThatPolls) {
    for (const bool on_unix_socket : kTransports) {
        const auto server = this->start(on_unix_socket);
        for (const int microseconds : {1, 4000}) {  // nothing comes that soon; all comes in time
            StoreClient client(server.spec(), {.polling = std::chrono::microseconds(microseconds)});
            const Session session("a" + std::to_string(microseconds), "x");
            ASSERT_TRUE(client.put(session.put(client)));
            for (int i = 0; i < 20; ++i) {
                const auto reply = client.fetch(session.key);
                ASSERT_TRUE(reply) << reply.error().detail;
                EXPECT_EQ(payload_of(*reply), "x");
            }
            EXPECT_EQ(client.events.connected, 1);
        }
    }
}

}  // namespace
}  // namespace sessmirror::store
