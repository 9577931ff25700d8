// SPDX-License-Identifier: BSD-3-Clause
// What happens to a real Redis, and what it demands: passwords, databases, restarts, hanging, a
// flush of its scripts, no memory left.
#ifdef SESSMIRROR_WITH_REDIS

#include <gtest/gtest.h>

#include <cerrno>

#include <memory>
#include <string>
#include <vector>

#include "store/redis/engine.h"
#include "store/redis/store.h"
#include "support/real_redis.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::key_of;
using test::owner;
using test::payload_of;
using test::RealRedis;
using test::Session;
using test::StoreClient;

constexpr const char kSecret[] = "hush-hush";

std::string content(StoreClient& client, const SessionKey& key) {
    const auto reply = client.fetch(key);
    EXPECT_TRUE(reply) << reply.error().detail;
    return reply && reply->found ? payload_of(*reply) : std::string("(none)");
}

// ---- connections that the server closes, and runs on
// ---------------------------------------------

// As its `timeout` does with those that are idle.
TEST(RedisServer, SaysAfterItClosedAConnectionThatItIsTheSameAsBefore) {
    const RealRedis server;
    StoreClient client(server.spec());
    std::vector<std::uint64_t> lives;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client.fetch(key_of("a")));
        if (i > 0) {
            ASSERT_TRUE(client.events.last.life);
            EXPECT_FALSE(client.events.last.has_lost);
            lives.push_back(client.events.last.life->process);
        }
        ASSERT_NE(server.value({"CLIENT", "KILL", "TYPE", "normal"}), "0");
    }
    EXPECT_EQ(lives[0], lives[1]);
}

TEST(RedisServer, ServesAUserWhoMayNotAskForItsLife) {
    const RealRedis server;
    ASSERT_EQ(server.command({"ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all", "-info"}),
              "+OK\r\n");
    StoreSpec spec = server.spec();
    spec.user = "app";
    spec.password = "pw";
    StoreClient client(spec);
    ASSERT_TRUE(client.fetch(key_of("a")));
    ASSERT_NE(server.value({"CLIENT", "KILL", "USER", "app"}), "0");
    ASSERT_TRUE(client.fetch(key_of("a")));
    EXPECT_EQ(client.events.connected, 2);
    EXPECT_FALSE(client.events.last.life);
}

// ---- who may come in ----------------------------------------------------------------------------

// The error of a request that is refused, and again: the store stays usable, or as unusable.
Error refusal(const StoreSpec& spec) {
    StoreClient client(spec);
    EXPECT_FALSE(client.fetch(key_of("a")));
    const Session session("a", "x");
    EXPECT_FALSE(client.put(session.put(client)));
    const Status probed = client.probe();
    EXPECT_EQ(client.events.protocol_errors, 0);
    return probed ? Error(Errc::Internal, "the probe succeeded") : probed.error();
}

void expect_refusal(const Error& error, const StoreSpec& spec, const std::string& words) {
    const std::string detail = error.detail;
    EXPECT_TRUE(error.code == Errc::StoreError || error.code == Errc::Refused) << detail;
    EXPECT_NE(detail.find(spec.name()), std::string::npos) << detail;
    EXPECT_NE(detail.find(words), std::string::npos) << detail;
    for (const std::string& secret : {std::string(kSecret), spec.password})
        EXPECT_TRUE(secret.empty() || detail.find(secret) == std::string::npos) << detail;
}

// It concerns this process alone, which its errno tells.
void expect_own_refusal(const Error& error, const StoreSpec& spec, const std::string& words) {
    expect_refusal(error, spec, words);
    EXPECT_TRUE(error.code != Errc::Refused || error.sys_errno == EACCES) << error.detail;
}

TEST(RedisServer, ComesInWithThePassword) {
    for (const bool on_unix_socket : {false, true}) {
        const RealRedis server({.on_unix_socket = on_unix_socket, .password = kSecret});
        StoreClient client(server.spec());
        const Session session("a", "x");
        ASSERT_TRUE(client.put(session.put(client)));
        EXPECT_EQ(content(client, session.key), "x");
        EXPECT_EQ(client.events.connected, 1);
    }
}

TEST(RedisServer, APasswordMayHoldAnyByte) {
    const RealRedis server({.password = "a b\"c:d@e%2F$1"});
    StoreClient client(server.spec());
    const Status alive = client.probe();
    EXPECT_TRUE(alive) << alive.error().detail;
}

TEST(RedisServer, ComesInAsAUser) {
    const RealRedis server(
        {.options = {"--user", "alice", "on", std::string(">") + kSecret, "~t:*", "+@all"}});
    StoreSpec spec = server.spec();
    spec.user = "alice";
    spec.password = kSecret;
    StoreClient client(spec);
    const Session session("a", "x");
    const auto stored = client.put(session.put(client));
    ASSERT_TRUE(stored) << stored.error().detail;
    spec.user = "bob";
    expect_own_refusal(refusal(spec), spec, "WRONGPASS");
}

TEST(RedisServer, AWrongPasswordIsNamedAndNotShown) {
    const RealRedis server({.password = kSecret});
    StoreSpec spec = server.spec();
    spec.password = "another-secret";
    expect_own_refusal(refusal(spec), spec, "WRONGPASS");
}

TEST(RedisServer, AMissingPasswordIsNamed) {
    const RealRedis server({.password = kSecret});
    StoreSpec spec = server.spec();
    spec.password.clear();
    expect_own_refusal(refusal(spec), spec, "NOAUTH");
}

TEST(RedisServer, APasswordThatNobodyAsksForIsNamedAndNotShown) {
    const RealRedis server;
    StoreSpec spec = server.spec();
    spec.password = kSecret;
    StoreClient client(spec);
    // Redis 6 and later lets its default user in, with any password; then there is nothing to tell.
    if (const Status probed = client.probe(); !probed)
        expect_own_refusal(probed.error(), spec, "AUTH");
    EXPECT_EQ(client.events.protocol_errors, 0);
}

TEST(RedisServer, DatabasesDoNotSeeEachOther) {
    const RealRedis server({.password = kSecret});
    StoreSpec spec = server.spec();
    std::vector<std::unique_ptr<StoreClient>> clients;
    for (const std::uint32_t database : {0u, 1u, 15u}) {
        ASSERT_TRUE(spec.own.set(kRedisDatabase, std::to_string(database)));
        clients.push_back(std::make_unique<StoreClient>(spec));
        StoreClient& client = *clients.back();
        EXPECT_EQ(content(client, key_of("a")), "(none)");
        const Session session("a", std::to_string(database));
        ASSERT_EQ(client.put(session.put(client))->outcome, PutOutcome::Stored);
        EXPECT_EQ(client.lock(session.key, std::to_string(database))->lock, LockState::Granted);
    }
    EXPECT_EQ(content(*clients[0], key_of("a")), "0");
    EXPECT_EQ(content(*clients[1], key_of("a")), "1");
    EXPECT_EQ(content(*clients[2], key_of("a")), "15");
    EXPECT_EQ(server.command({"DBSIZE"}, 15), ":2\r\n");
}

TEST(RedisServer, ADatabaseThatIsNotThereIsNamed) {
    const RealRedis server({.databases = 2});
    StoreSpec spec = server.spec();
    ASSERT_TRUE(spec.own.set(kRedisDatabase, "2"));
    expect_refusal(refusal(spec), spec, "DB index");
}

TEST(RedisServer, AtItsLimitOfConnectionsSaysSo) {
    const RealRedis server({.options = {"--maxclients", "1"}});
    StoreClient first(server.spec());
    const TimePoint limit = first.deadline();
    // Until the server has noticed that who asked whether it is up has left.
    while (!first.probe() && first.loop().now() < limit) {
    }
    ASSERT_TRUE(first.probe());
    expect_refusal(refusal(server.spec()), server.spec(), "max number of clients");
}

// ---- a server that ends, or hangs ---------------------------------------------------------------

class RedisOutage : public testing::TestWithParam<bool> {
  protected:
    void restart() {
        server_.kill();
        server_.start();
    }
    RealRedis server_{{.on_unix_socket = GetParam()}};
    StoreClient client_{server_.spec()};
};

INSTANTIATE_TEST_SUITE_P(Transports, RedisOutage, testing::Bool(),
                         [](const auto& kind) { return std::string(kind.param ? "Unix" : "Tcp"); });

TEST_P(RedisOutage, ARestartCostsNoError) {
    const auto count_of_connections = [this] { return client_.events.connected; };
    ASSERT_TRUE(client_.fetch(key_of("a")));
    restart();
    const auto locked = client_.lock(key_of("a"), "host:1");
    ASSERT_TRUE(locked) << locked.error().detail;
    EXPECT_EQ(locked->lock, LockState::Granted);
    EXPECT_EQ(count_of_connections(), 2);

    restart();
    const Session session("a", "x");
    const auto stored = client_.put(session.put(client_));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);

    restart();
    const auto touched = client_.touch(session.key, 60);
    ASSERT_TRUE(touched) << touched.error().detail;
    EXPECT_FALSE(touched->found);

    restart();
    const auto released = client_.release(session.key, {owner("host:1"), 0});
    ASSERT_TRUE(released) << released.error().detail;
    EXPECT_FALSE(released->was_ours);
    EXPECT_EQ(count_of_connections(), 5);
}

TEST_P(RedisOutage, AWriteOfWhatARestartLostFindsItMissing) {
    const Session session("a", "x", {1, 1});
    const auto first = client_.put(session.put(client_));
    ASSERT_TRUE(first) << first.error().detail;
    restart();
    const Session next("a", "y", {2, 2});
    const auto reply = client_.put(next.put(client_, first->cas));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->outcome, PutOutcome::Missing);
    EXPECT_EQ(content(client_, session.key), "(none)");
}

// Where the CAS is the version, it means the same after a restart; so such a put may be repeated,
// or not. What it answers must be the truth in either case.
TEST_P(RedisOutage, AWriteByHintTellsTheTruthOnAnotherConnection) {
    const Session session("a", "x", {1, 1});
    ASSERT_TRUE(client_.put(session.put(client_)));
    const Session next("a", "y", {2, 2});
    PutRequest request = next.put(client_, client_.store().predicted_cas({1, 1}));
    request.expected_by_hint = true;
    ASSERT_EQ(server_.command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}), ":1\r\n");
    const auto reply = client_.put(request);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_NE(reply->outcome, PutOutcome::Missing);
    EXPECT_EQ(content(client_, session.key), reply->outcome == PutOutcome::Stored ? "y" : "x");

    restart();
    const auto lost = client_.put(request);
    ASSERT_TRUE(lost) << lost.error().detail;
    EXPECT_NE(lost->outcome, PutOutcome::Stored);
    EXPECT_EQ(content(client_, session.key), "(none)");
}

TEST_P(RedisOutage, AHintThatWaitsMayBeLostWithItsConnectionAndDisturbsNothing) {
    ASSERT_TRUE(client_.fetch(key_of("a")));
    client_.store().leave_hint(key_of("a"), as_bytes("gone"), 60);
    restart();
    EXPECT_TRUE(client_.fetch(key_of("a")));
    client_.store().flush();
    EXPECT_TRUE(client_.fetch(key_of("a")));
    EXPECT_EQ(client_.events.protocol_errors, 0);
}

TEST_P(RedisOutage, AServerThatIsGoneIsAnErrorUntilItIsBack) {
    ASSERT_TRUE(client_.probe());
    server_.kill();
    const auto reply = client_.fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_TRUE(reply.error().code == Errc::Refused || reply.error().code == Errc::Unreachable)
        << reply.error().detail;
    EXPECT_NE(std::string(reply.error().detail).find(server_.spec().name()), std::string::npos)
        << reply.error().detail;
    server_.start();
    EXPECT_TRUE(client_.fetch(key_of("a")));
}

TEST_P(RedisOutage, AServerThatHangsFromTheBeginningCostsOneTimeout) {
    server_.stop();
    const TimePoint before = client_.loop().now();
    EXPECT_EQ(client_.probe().error().code, Errc::Timeout);
    EXPECT_LT(client_.loop().now() - before, seconds(5));
    server_.resume();
    EXPECT_TRUE(client_.fetch(key_of("a")));
}

TEST_P(RedisOutage, AWriteThatTimedOutIsWholeOrNotThere) {
    const Session session("a", "x", {1, 1});
    ASSERT_TRUE(client_.put(session.put(client_)));
    const Session next("a", std::string(300'000, 'y'), {2, 2});
    server_.stop();
    EXPECT_EQ(client_.put(next.put(client_, client_.store().predicted_cas({1, 1}))).error().code,
              Errc::Timeout);
    server_.resume();
    const std::string found = content(client_, session.key);
    EXPECT_TRUE(found == "x" || found == next.payload) << found.substr(0, 100);
}

// ---- scripts and memory -------------------------------------------------------------------------

TEST(RedisServer, AFlushOfItsScriptsIsNotNoticed) {
    const RealRedis server;
    StoreClient client(server.spec());
    const auto flush = [&] { return server.command({"SCRIPT", "FLUSH"}) == "+OK\r\n"; };
    const Session session("a", "x", {1, 1});
    const auto mine = client.lock(session.key, "host:1");
    ASSERT_TRUE(mine) << mine.error().detail;
    ASSERT_TRUE(flush());
    PutRequest request = session.put(client);
    request.hint = as_bytes("known");
    request.unlock = mine->holder;
    const auto stored = client.put(request);
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_FALSE(stored->lock_lost);

    const auto again = client.lock(session.key, "host:1");
    ASSERT_TRUE(again) << again.error().detail;
    ASSERT_EQ(again->lock, LockState::Granted);
    EXPECT_EQ(payload_of(*again), "x");
    ASSERT_TRUE(flush());
    const auto released = client.release(session.key, again->holder);
    ASSERT_TRUE(released) << released.error().detail;
    EXPECT_TRUE(released->was_ours);
    EXPECT_EQ(client.events.protocol_errors, 0);
}

TEST(RedisServer, AFlushOfItsScriptsDoesNotMixUpWhatIsInFlight) {
    const RealRedis server;
    StoreClient client(server.spec());
    ASSERT_TRUE(client.probe());
    ASSERT_EQ(server.command({"SCRIPT", "FLUSH"}), "+OK\r\n");
    const Session one("a", "one", {1, 1});
    const Session two("b", "two", {2, 2});
    test::CollectingSink first;
    test::CollectingSink second;
    test::CollectingSink third;
    client.store().put(one.put(client), &first);
    client.store().fetch({one.key, Want::Value, std::nullopt, client.deadline()}, &second);
    client.store().put(two.put(client), &third);
    for (const test::CollectingSink* sink : {&first, &second, &third})
        ASSERT_TRUE(client.loop().run_until(sink->done, client.deadline()));
    ASSERT_TRUE(first.put && *first.put) << (*first.put).error().detail;
    EXPECT_EQ((*first.put)->outcome, PutOutcome::Stored);
    ASSERT_TRUE(second.fetched && *second.fetched) << (*second.fetched).error().detail;
    ASSERT_TRUE(third.put && *third.put) << (*third.put).error().detail;
    EXPECT_EQ((*third.put)->outcome, PutOutcome::Stored);
    EXPECT_EQ(content(client, one.key), "one");
    EXPECT_EQ(content(client, two.key), "two");
    EXPECT_EQ(first.answers + second.answers + third.answers, 3);
}

TEST(RedisServer, WithoutMemoryItRefusesAndKeepsTheOldSession) {
    const RealRedis server;
    StoreClient client(server.spec());
    const Session session("a", "old", {1, 1});
    const auto stored = client.put(session.put(client));
    ASSERT_TRUE(stored) << stored.error().detail;
    const auto mine = client.lock(session.key, "host:1");
    ASSERT_TRUE(mine) << mine.error().detail;
    ASSERT_EQ(server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction", "maxmemory", "1"}),
              "+OK\r\n");
    const Session next("a", std::string(100'000, 'y'), {2, 2});
    PutRequest request = next.put(client, stored->cas);
    request.unlock = mine->holder;
    const auto refused = client.put(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::StoreError);
    const std::string detail = refused.error().detail;
    EXPECT_NE(detail.find("OOM"), std::string::npos) << detail;
    EXPECT_NE(detail.find(server.spec().name()), std::string::npos) << detail;
    EXPECT_EQ(content(client, session.key), "old");
    EXPECT_FALSE(client.release(session.key, mine->holder)->was_ours)
        << "the lock is given up whatever the outcome";
    EXPECT_TRUE(client.touch(session.key, 5000)->found)
        << "a visitor who only reads stays logged in";

    ASSERT_EQ(server.command({"CONFIG", "SET", "maxmemory", "0"}), "+OK\r\n");
    EXPECT_EQ(client.put(next.put(client, stored->cas))->outcome, PutOutcome::Stored);
    EXPECT_EQ(client.events.connected, 1);
    EXPECT_EQ(client.events.protocol_errors, 0);
}

TEST(RedisServer, ALockThatFindsNoMemoryIsAnErrorAndNotHeld) {
    const RealRedis server;
    StoreClient client(server.spec());
    ASSERT_TRUE(client.probe());
    ASSERT_EQ(server.command({"CONFIG", "SET", "maxmemory", "1"}), "+OK\r\n");
    EXPECT_EQ(client.lock(key_of("a"), "host:1").error().code, Errc::StoreError);
    EXPECT_TRUE(client.fetch(key_of("a"))) << "reading needs no memory";
    EXPECT_EQ(client.events.connected, 1);
}

// A copy that follows another server takes no writes.
TEST(RedisServer, AReplicaThatTakesNoWritesSaysSo) {
    const RealRedis server;
    StoreClient client(server.spec());
    ASSERT_TRUE(client.probe());
    ASSERT_EQ(server.command({"REPLICAOF", "127.0.0.1", "1"}), "+OK\r\n");
    const Session session("a", "x");
    const auto refused = client.put(session.put(client));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::StoreError);
    EXPECT_NE(std::string(refused.error().detail).find("READONLY"), std::string::npos)
        << refused.error().detail;
}

TEST(RedisServer, TheLibraryThatReadsItsProtocolIsNamed) {
    EXPECT_EQ(kRedisEngine.missing, nullptr);
    const std::string version = kRedisEngine.library.version();
    EXPECT_EQ(version.find_first_of("0123456789"), 0u) << version;
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
