// SPDX-License-Identifier: BSD-3-Clause
// The store against servers that are slow, broken or hostile: each costs a connection, a counter
// and an error that says so, and nothing else. A relay spoils single answers of a real Redis, so
// that nothing here depends on what exactly the store asks it.
#ifdef SESSMIRROR_WITH_REDIS

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "store/redis/engine.h"
#include "support/fake_server.h"
#include "support/redis_relay.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::FakePeer;
using test::FakeServer;
using test::key_of;
using test::owner;
using test::payload_of;
using test::RealRedis;
using test::RedisRelay;
using test::Session;
using test::StoreClient;
using Words = RedisRelay::Words;

StoreSpec at(std::uint16_t port) {
    StoreSpec spec;
    spec.engine = &kRedisEngine;
    spec.host = "127.0.0.1";
    spec.port = port;
    return spec;
}

// ---- servers that are none ----------------------------------------------------------------------

struct Outcome {
    Error error;
    int protocol_errors;
    int connections;
    std::string name;  // of the store
};

// What a fetch, and then another, meet at a server that does this with the first bytes of every
// connection.
Outcome fetch_at(const std::function<void(FakePeer&)>& misdeed) {
    FakeServer server([&](FakePeer& peer, int) {
        if (!test::read_redis_request(peer).empty()) misdeed(peer);
    });
    StoreClient client(at(server.port()), {.io_timeout = milliseconds(500)});
    const auto reply = client.fetch(key_of("a"));
    const Error error = reply ? Error(Errc::Internal, "the fetch succeeded") : reply.error();
    const int protocol_errors = client.events.protocol_errors;
    const int connections = server.connections();
    EXPECT_FALSE(client.fetch(key_of("b")));
    EXPECT_GT(server.connections(), connections) << "the connection was used again";
    return {error, protocol_errors, connections, at(server.port()).name()};
}

void expect_protocol_error(const std::function<void(FakePeer&)>& misdeed) {
    const Outcome outcome = fetch_at(misdeed);
    EXPECT_EQ(outcome.error.code, Errc::Protocol) << outcome.error.detail;
    EXPECT_EQ(outcome.protocol_errors, 1);
    EXPECT_EQ(outcome.connections, 1);
}

TEST(RedisFaults, WhatIsNotTheProtocolEndsTheConnection) {
    for (const std::string garbage : {
             "HTTP/1.1 400 Bad Request\r\n\r\n",
             "VERSION 1.6.18\r\n",
             "\r\n",
             "$abc\r\n",
             "$-2\r\n",
             "$\r\n",
             ":12x\r\n",
             "*-2\r\n",
             "*x\r\n",
             "_\r\n",
             "%1\r\n+a\r\n+b\r\n",
         }) {
        SCOPED_TRACE(garbage);
        expect_protocol_error([&](FakePeer& peer) {
            peer.send(garbage);
            peer.stall();
        });
    }
}

TEST(RedisFaults, AValueThatIsLongerThanAnnouncedEndsTheConnection) {
    expect_protocol_error([](FakePeer& peer) {
        peer.send("$3\r\nlonger\r\n");
        peer.stall();
    });
}

TEST(RedisFaults, ALineThatDoesNotEndIsNotCollectedForEver) {
    for (const char kind : {'+', '-', ':', '$', '*'}) {
        SCOPED_TRACE(kind);
        expect_protocol_error([&](FakePeer& peer) {
            peer.send(std::string(1, kind));
            peer.flood(std::string(1000, '1'));
        });
    }
}

TEST(RedisFaults, AnAnnouncedSizeBeyondTheLimitEndsTheConnection) {
    for (const std::string size : {"17000000", "536870912", "2147483648", "99999999999",
                                   "9223372036854775807", "99999999999999999999"}) {
        SCOPED_TRACE(size);
        expect_protocol_error([&](FakePeer& peer) {
            peer.send("$" + size + "\r\n");
            peer.flood(std::string(10'000, 'x'));
        });
    }
}

TEST(RedisFaults, AnArrayThatNobodyAskedForEndsTheConnection) {
    for (const std::string array :
         {"*0\r\n", "*-1\r\n", "*1\r\n:1\r\n", "*1000000\r\n", "*2147483647\r\n", "*4294967297\r\n",
          "*99999999999999999999\r\n"}) {
        SCOPED_TRACE(array);
        expect_protocol_error([&](FakePeer& peer) {
            peer.send(array);
            peer.flood(":1\r\n");
        });
    }
}

// An answer without a session in it, from a store that announces one.
TEST(RedisFaults, AValueWhereNoneCanBeEndsTheConnectionBeforeMemoryIsTaken) {
    FakeServer server([](FakePeer& peer, int) {
        if (test::read_redis_request(peer).empty()) return;
        peer.send("$16000000\r\n");
        peer.flood(std::string(10'000, 'x'));
    });
    StoreClient client(at(server.port()), {.io_timeout = seconds(5)});
    EXPECT_EQ(client.release(key_of("a"), {owner("me"), 0}).error().code, Errc::Protocol);
    EXPECT_EQ(client.put(Session("a", "x").put(client)).error().code, Errc::Protocol);
    EXPECT_EQ(client.fetch(key_of("a"), Want::Version).error().code, Errc::Protocol);
}

TEST(RedisFaults, NestedArraysEndTheConnection) {
    expect_protocol_error([](FakePeer& peer) { peer.flood("*1\r\n"); });
    expect_protocol_error([](FakePeer& peer) { peer.flood("*2\r\n:1\r\n"); });
}

TEST(RedisFaults, AHalfAnswerFollowedByTheEndIsNoAnswer) {
    for (const char* half : {"$40\r\nhalf", "$40\r\n", "$40", "+O", "*3\r\n:1\r\n"}) {
        const Outcome outcome = fetch_at([&](FakePeer& peer) { peer.send(half); });
        EXPECT_TRUE(outcome.error.code == Errc::Closed || outcome.error.code == Errc::Protocol)
            << half << ": " << outcome.error.detail;
    }
}

TEST(RedisFaults, AnEndWithoutAnAnswerIsAnError) {
    EXPECT_EQ(fetch_at([](FakePeer&) {}).error.code, Errc::Closed);
}

// Control characters of a server do not reach a log.
TEST(RedisFaults, AServersOwnWordsAreQuotedWithoutControlCharacters) {
    for (const std::string words : {"LOADING Redis is loading", "ERR unknown command",
                                    "NOPERM this user has no permissions"}) {
        const Outcome outcome = fetch_at([&](FakePeer& peer) {
            peer.send("-" + words + " \x1b[31m\x01!\r\n");
            peer.stall();
        });
        const std::string detail = outcome.error.detail;
        EXPECT_TRUE(outcome.error.code == Errc::StoreError || outcome.error.code == Errc::Refused)
            << detail;
        EXPECT_NE(detail.find(words), std::string::npos) << detail;
        EXPECT_NE(detail.find(outcome.name), std::string::npos) << detail;
        for (const char c : detail) EXPECT_GE(c, ' ') << detail;
        EXPECT_EQ(outcome.protocol_errors, 0);
    }
}

TEST(RedisFaults, AServerThatRepeatsThePasswordIsNotQuoted) {
    FakeServer server([&](FakePeer& peer, int) {
        const Words words = test::read_redis_request(peer);
        if (!words.empty()) peer.send("-ERR wrong: '" + words.back() + "'\r\n");
        peer.stall();
    });
    StoreSpec spec = at(server.port());
    spec.password = "hush-hush";
    StoreClient client(spec);
    const auto reply = client.fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_EQ(std::string(reply.error().detail).find("hush-hush"), std::string::npos)
        << reply.error().detail;
}

TEST(RedisFaults, SilenceEndsWithATimeoutAndTheNextRequestReconnects) {
    FakeServer server([](FakePeer& peer, int) { peer.stall(); });
    StoreClient client(at(server.port()), {.io_timeout = milliseconds(40)});
    for (int i = 1; i <= 2; ++i) {
        const TimePoint before = client.loop().now();
        EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Timeout);
        EXPECT_GE(client.loop().now() - before, milliseconds(40));
        EXPECT_EQ(server.connections(), i);
    }
}

TEST(RedisFaults, ARequestsOwnDeadlineIsKeptWhenItIsShorter) {
    FakeServer server([](FakePeer& peer, int) { peer.stall(); });
    StoreClient client(at(server.port()), {.io_timeout = seconds(30)});
    client.patience = milliseconds(30);
    const TimePoint before = client.loop().now();
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::OutOfTime);
    EXPECT_LT(client.loop().now() - before, seconds(10));
}

TEST(RedisFaults, SinksAreNeverCalledFromInsideARequest) {
    const RealRedis redis;
    StoreClient client(at(test::free_port()));
    test::CollectingSink sink;
    client.store().probe(client.deadline(), &sink);
    const Session session("a", std::string((16u << 20) + 1, 'x'));
    client.store().put(session.put(client), &sink);
    client.store().release(session.key, {owner("me"), 0}, client.deadline(), &sink);
    EXPECT_EQ(sink.answers, 0);
    while (sink.answers < 3) {
        sink.done = false;
        ASSERT_TRUE(client.loop().run_until(sink.done, client.deadline()));
    }
    EXPECT_EQ(sink.answers, 3);
}

// ---- one spoiled answer among good ones ---------------------------------------------------------

// For servers that do answer: nothing but a machine under load is in the way.
constexpr Duration kPatient = seconds(2);

// What the store asks in a usual life, so that every kind of answer can be spoiled.
class RedisDialogue {
  public:
    RedisDialogue(const StoreSpec& spec, Duration io_timeout)
        : client(spec, {.io_timeout = io_timeout}) {}

    // What went wrong, in words.
    std::vector<std::string> run() {
        std::vector<std::string> failures;
        const auto note = [&](const auto& reply) {
            if (!reply) failures.push_back(reply.error().detail);
        };
        const Session session("a", "x", {1, 1});
        const Session next("a", "y", {2, 2});
        note(client.lock(session.key, "host:1"));
        PutRequest request = session.put(client);
        request.hint = as_bytes("known");
        request.unlock = HeldLock{owner("host:1"), 0};
        note(client.put(request));
        note(client.fetch(session.key, Want::Value, true));
        note(client.fetch(session.key, Want::Version, true));
        note(client.put(next.put(client, client.store().predicted_cas({1, 1}))));
        note(client.touch(session.key, 60));
        note(client.lock(session.key, "host:2"));
        note(client.lock(session.key, "host:3"));
        note(client.release(session.key, {owner("host:2"), 0}));
        note(client.probe());
        return failures;
    }

    StoreClient client;
};

// The commands that a dialogue consists of.
std::vector<Words> commands_of_a_dialogue(const RealRedis& redis) {
    std::mutex mutex;
    std::vector<Words> commands;
    {
        RedisRelay relay(redis,
                         [&](FakePeer& peer, const Words& command, const std::string& answer) {
                             const std::lock_guard lock(mutex);
                             commands.push_back(command);
                             return peer.send(answer);
                         });
        RedisDialogue dialogue(relay.spec(), kPatient);
        const auto failures = dialogue.run();
        EXPECT_TRUE(failures.empty()) << failures.front();
        EXPECT_EQ(relay.connections(), 1);
    }
    return commands;
}

// Spoils the answer to one command of a dialogue after the other. Each costs an error at most, and
// the store then works as before.
struct Damage {
    int failed = 0;  // requests
    int protocol_errors = 0;
    std::string words;  // of the first failure
};
void spoil_each(const RedisRelay::Answer& misdeed, const std::function<void(const Damage&)>& expect,
                Duration io_timeout = kPatient) {
    const RealRedis redis;
    const std::vector<Words> commands = commands_of_a_dialogue(redis);
    ASSERT_GT(commands.size(), 10u);
    for (std::size_t spoiled = 0; spoiled < commands.size(); ++spoiled) {
        ASSERT_EQ(redis.command({"FLUSHALL"}), "+OK\r\n");
        std::atomic<std::size_t> count = 0;
        RedisRelay relay(redis,
                         [&](FakePeer& peer, const Words& command, const std::string& answer) {
                             if (count++ == spoiled) return misdeed(peer, command, answer);
                             return peer.send(answer);
                         });
        RedisDialogue dialogue(relay.spec(), io_timeout);
        const auto failures = dialogue.run();
        SCOPED_TRACE("answer " + std::to_string(spoiled) + ", to " + commands[spoiled].front());
        expect({static_cast<int>(failures.size()), dialogue.client.events.protocol_errors,
                failures.empty() ? std::string() : failures.front()});
        const Session session("another", "intact", {5, 5});
        const auto stored = dialogue.client.put(session.put(dialogue.client));
        ASSERT_TRUE(stored) << stored.error().detail;
        const auto reply = dialogue.client.fetch(session.key);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(payload_of(*reply), "intact");
    }
}

RedisRelay::Answer says(const std::string& bytes) {
    return [bytes](FakePeer& peer, const Words&, const std::string&) { return peer.send(bytes); };
}

TEST(RedisFaults, AnErrorInAnyPositionIsReportedInTheServersWords) {
    spoil_each(says("-ERR out of order\x01 today\r\n"), [](const Damage& damage) {
        EXPECT_EQ(damage.failed, 1);
        EXPECT_EQ(damage.protocol_errors, 0);
        EXPECT_NE(damage.words.find("out of order? today"), std::string::npos) << damage.words;
    });
}

TEST(RedisFaults, GarbageInAnyPositionCostsOneRequest) {
    spoil_each(says("HTTP/1.1 400 Bad Request\r\n\r\n"), [](const Damage& damage) {
        EXPECT_EQ(damage.failed, 1);
        EXPECT_EQ(damage.protocol_errors, 1);
    });
}

TEST(RedisFaults, AnArrayOfArraysInAnyPositionCostsOneRequest) {
    spoil_each(says("*2\r\n*1\r\n*0\r\n$1\r\nx\r\n"), [](const Damage& damage) {
        EXPECT_EQ(damage.failed, 1);
        EXPECT_EQ(damage.protocol_errors, 1);
    });
}

TEST(RedisFaults, AnIntegerWhereAStringBelongsCostsOneRequest) {
    spoil_each(
        [](FakePeer& peer, const Words&, const std::string& answer) {
            return peer.send(answer.starts_with(':') ? "$4\r\ntext\r\n" : ":1\r\n");
        },
        [](const Damage& damage) {
            EXPECT_EQ(damage.failed, 1);
            EXPECT_EQ(damage.protocol_errors, 1);
        });
}

TEST(RedisFaults, NothingWhereAnAnswerBelongsIsAtMostOneError) {
    spoil_each(says("$-1\r\n"), [](const Damage& damage) { EXPECT_LE(damage.failed, 1); });
}

TEST(RedisFaults, AnIntegerBeyondSixtyFourBitsIsAtMostOneError) {
    spoil_each(says(":99999999999999999999999\r\n"), [](const Damage& damage) {
        EXPECT_EQ(damage.failed, 1);
        EXPECT_EQ(damage.protocol_errors, 1);
    });
}

// The next one is not taken for it.
TEST(RedisFaults, AnAnswerTooFewIsAnError) {
    spoil_each([](FakePeer&, const Words&, const std::string&) { return true; },
               [](const Damage& damage) { EXPECT_GE(damage.failed, 1); }, milliseconds(200));
}

// The bytes in front of it were an answer; so the next one's are not what was asked for.
TEST(RedisFaults, AnAnswerTooManyEndsTheConnection) {
    const RealRedis redis;
    RedisRelay relay(redis, [](FakePeer& peer, const Words& command, const std::string& answer) {
        return peer.send(command.back() == "0" ? answer + "$5\r\nother\r\n" : answer);
    });
    StoreClient client(relay.spec());
    ASSERT_TRUE(client.probe());
    const TimePoint limit = client.deadline();
    while (client.events.protocol_errors == 0 && client.loop().now() < limit)
        client.loop().run_ready();
    EXPECT_EQ(client.events.protocol_errors, 1);
    const auto reply = client.fetch(key_of("a"));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->found);
    EXPECT_EQ(relay.connections(), 2);
}

TEST(RedisFaults, AnEndInAnyPositionIsRepeatedOnce) {
    spoil_each([](FakePeer&, const Words&, const std::string&) { return false; },
               [](const Damage& damage) {
                   EXPECT_LE(damage.failed, 1) << damage.words;
                   EXPECT_EQ(damage.protocol_errors, 0);
               });
}

TEST(RedisFaults, AnswersThatComeByteByByteAreUnderstood) {
    const RealRedis redis;
    RedisRelay relay(redis, [](FakePeer& peer, const Words&, const std::string& answer) {
        for (const char byte : answer)
            if (!peer.send({&byte, 1})) return false;
        return true;
    });
    RedisDialogue dialogue(relay.spec(), kPatient);
    const auto failures = dialogue.run();
    EXPECT_TRUE(failures.empty()) << failures.front();
    EXPECT_EQ(relay.connections(), 1);
    const auto reply = dialogue.client.fetch(key_of("a"), Want::Value, true);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(payload_of(*reply), "y");
    EXPECT_EQ(as_text(reply->hint), "known");
    EXPECT_EQ(dialogue.client.events.protocol_errors, 0);
}

// It is brought in full with the first request of a connection.
TEST(RedisFaults, AScriptThatIsAlwaysForgottenIsNoError) {
    const RealRedis redis;
    RedisRelay relay(redis, [](FakePeer& peer, const Words& command, const std::string& answer) {
        return peer.send(command.front() == "EVALSHA"
                             ? "-NOSCRIPT No matching script. Please use EVAL.\r\n"
                             : answer);
    });
    StoreClient client(relay.spec());
    for (const char* const id : {"a", "b"}) {
        const Session session(id, "x");
        const auto stored = client.put(session.put(client));
        ASSERT_TRUE(stored) << stored.error().detail;
        EXPECT_EQ(stored->outcome, store::PutOutcome::Stored);
    }
    EXPECT_EQ(relay.connections(), 2);
}

TEST(RedisFaults, AServerThatIsNotReadyCountsAsOneThatIsNotThere) {
    const RealRedis redis;
    for (const char* const words :
         {"LOADING Redis is loading the dataset in memory", "MASTERDOWN Link with MASTER is down",
          "NOAUTH Authentication required."}) {
        for (const char* const command : {"SCRIPT", "GET"}) {
            RedisRelay relay(
                redis, [&](FakePeer& peer, const Words& asked, const std::string& answer) {
                    const bool is_spoilt = asked.front() == command;
                    return peer.send(is_spoilt ? std::string("-") + words + "\r\n" : answer);
                });
            StoreClient client(relay.spec());
            const auto reply = client.fetch(key_of("a"));
            ASSERT_FALSE(reply);
            EXPECT_EQ(reply.error().code, Errc::Refused) << words << ", to " << command;
            EXPECT_NE(std::string(reply.error().detail).find(words), std::string::npos);
        }
    }
}

TEST(RedisFaults, ALateAnswerNeverReachesTheNextRequest) {
    const RealRedis redis;
    const Session session("a", "another's");
    std::atomic<bool> is_late = true;
    RedisRelay relay(redis, [&](FakePeer& peer, const Words& command, const std::string& answer) {
        if (command.front() == "GET" && is_late.exchange(false)) peer.stall();
        return peer.send(answer);
    });
    StoreClient client(relay.spec(), {.io_timeout = milliseconds(100)});
    ASSERT_TRUE(client.put(session.put(client)));
    EXPECT_EQ(client.fetch(session.key).error().code, Errc::Timeout);
    const auto reply = client.fetch(key_of("b"));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->found);
}

TEST(RedisFaults, AValueBeyondTheLimitIsNotTaken) {
    const RealRedis redis;
    const Session session("a", "x");
    ASSERT_EQ(redis.command({"SET", std::string(session.key.text()), std::string(10'000, 'x')}),
              "+OK\r\n");
    StoreClient client(redis.spec(), {.max_payload = 1000});
    EXPECT_EQ(client.fetch(session.key).error().code, Errc::Protocol);
    EXPECT_EQ(client.events.protocol_errors, 1);
    EXPECT_TRUE(client.fetch(session.key, Want::Version)) << "a part of it is not too large";
}

TEST(RedisFaults, APutThatMeetsItselfOnAnotherConnectionIsStored) {
    const RealRedis redis;
    const Session session("a", "x", {7, 7});
    std::atomic<bool> is_first = true;
    RedisRelay relay(redis, [&](FakePeer& peer, const Words& command, const std::string& answer) {
        // It has taken effect, and nobody hears of it.
        if (command.front() == "EVALSHA" && is_first.exchange(false)) return false;
        return peer.send(answer);
    });
    StoreClient client(relay.spec());
    ASSERT_TRUE(client.probe());
    const auto stored = client.put(session.put(client));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_EQ(stored->cas, client.store().predicted_cas({7, 7}));
    EXPECT_EQ(relay.connections(), 2);
}

TEST(RedisFaults, AClaimThatMeetsItselfOnAnotherConnectionIsGranted) {
    const RealRedis redis;
    std::atomic<bool> is_first = true;
    RedisRelay relay(redis, [&](FakePeer& peer, const Words& command, const std::string& answer) {
        if (command.front() == "EVALSHA" && is_first.exchange(false)) return false;
        return peer.send(answer);
    });
    StoreClient client(relay.spec());
    ASSERT_TRUE(client.probe());
    const auto reply = client.lock(key_of("a"), "host:1");
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->lock, LockState::Granted);
    EXPECT_EQ(relay.connections(), 2);
}

TEST(RedisFaults, AClaimWhoseAnswerWasLostWithItsConnectionsIsWithdrawnOnTheNext) {
    const RealRedis redis;
    std::atomic<int> lost = 0;
    RedisRelay relay(redis, [&](FakePeer& peer, const Words& command, const std::string& answer) {
        const bool is_claim = std::ranges::find(command, "host:1") != command.end();
        return !(is_claim && lost++ < 2) && peer.send(answer);
    });
    StoreClient client(relay.spec());
    ASSERT_TRUE(client.probe());
    EXPECT_EQ(client.lock(key_of("a"), "host:1").error().code, Errc::Closed);
    const Status probed = client.probe();  // behind the withdrawal
    ASSERT_TRUE(probed) << probed.error().detail;
    StoreClient other(redis.spec());
    const auto claim = other.lock(key_of("a"), "host:2");
    ASSERT_TRUE(claim) << claim.error().detail;
    EXPECT_EQ(claim->lock, LockState::Granted);
}

TEST(RedisFaults, AConnectionThatIsClosedTwiceIsAnError) {
    const RealRedis redis;
    RedisRelay relay(redis, [&](FakePeer& peer, const Words& command, const std::string& answer) {
        return command.front() != "GET" && peer.send(answer);
    });
    StoreClient client(relay.spec());
    ASSERT_TRUE(client.probe());
    EXPECT_EQ(client.fetch(key_of("a")).error().code, Errc::Closed);
    EXPECT_EQ(relay.connections(), 2);
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
