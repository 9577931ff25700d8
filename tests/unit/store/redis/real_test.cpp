// SPDX-License-Identifier: BSD-3-Clause
// The store against a real Redis: what it keeps. Locks: lock_test.cpp. What happens to the
// server: server_test.cpp.
#ifdef SESSMIRROR_WITH_REDIS

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "store/explicit_cas.h"
#include "support/real_redis.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using test::key_of;
using test::owner;
using test::payload_of;
using test::RealRedis;
using test::Session;
using test::StoreClient;

// Over both transports.
class RedisStore : public testing::TestWithParam<bool> {
  protected:
    // The CAS of what was stored.
    Cas put(const PutRequest& request) {
        const auto reply = client_.put(request);
        EXPECT_TRUE(reply) << reply.error().detail;
        EXPECT_TRUE(reply && reply->outcome == PutOutcome::Stored);
        return reply ? reply->cas : 0;
    }
    Cas put(const Session& session, Cas expected = 0) {
        return put(session.put(client_, expected));
    }
    PutOutcome outcome(const Session& session, Cas expected = 0) {
        const auto reply = client_.put(session.put(client_, expected));
        EXPECT_TRUE(reply) << reply.error().detail;
        return reply->outcome;
    }
    std::string content(const SessionKey& key) {
        const auto reply = client_.fetch(key);
        EXPECT_TRUE(reply) << reply.error().detail;
        return reply && reply->found ? payload_of(*reply) : std::string("(none)");
    }
    std::string hint(StoreClient& client, const SessionKey& key) {
        const auto reply = client.fetch(key, Want::Version, true);
        EXPECT_TRUE(reply) << reply.error().detail;
        return reply ? std::string(as_text(reply->hint)) : std::string("(none)");
    }
    std::int64_t ttl_of(std::string_view name) {
        return std::atoll(server_.value({"TTL", std::string(name)}).c_str());
    }
    static std::string hint_name(const SessionKey& key) {
        return "{" + std::string(key.text()) + "}.c";
    }

    RealRedis server_{{.on_unix_socket = GetParam()}};
    StoreClient client_{server_.spec()};
};

INSTANTIATE_TEST_SUITE_P(Transports, RedisStore, testing::Bool(),
                         [](const auto& kind) { return std::string(kind.param ? "Unix" : "Tcp"); });

// ---- content ------------------------------------------------------------------------------------

TEST_P(RedisStore, ReportsAnUnknownSessionAsNotFound) {
    for (const Want want : {Want::Value, Want::Version}) {
        const auto reply = client_.fetch(key_of("nobody"), want, true);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_FALSE(reply->found);
        EXPECT_EQ(reply->lock, LockState::NotAsked);
        EXPECT_EQ(reply->cas, 0u);
        EXPECT_TRUE(reply->value.empty());
        EXPECT_TRUE(reply->hint.empty());
    }
}

TEST_P(RedisStore, ReturnsWhatWasStored) {
    const Session session("a", "cart|i:7;", {77, 99});
    const Cas cas = put(session);
    const auto reply = client_.fetch(session.key);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_TRUE(reply->found);
    EXPECT_EQ(reply->cas, cas);
    EXPECT_EQ(reply->fingerprint, record::fingerprint({77, 99}));
    EXPECT_GT(reply->ttl_left_s, 590);
    EXPECT_LE(reply->ttl_left_s, 600);
    EXPECT_EQ(payload_of(*reply), "cart|i:7;");
}

TEST_P(RedisStore, KeepsASessionUnderItsNameAsItWasMade) {
    const Session session("a", "cart|i:7;", {77, 99});
    put(session);
    EXPECT_EQ(server_.value({"GET", std::string(session.key.text())}),
              std::string(as_text(session.header.view())) + "cart|i:7;");
}

TEST_P(RedisStore, AnswersAVersionProbeWithoutTheValue) {
    const Session session("a", std::string(5000, 'x'), {5, 6});
    const Cas cas = put(session);
    const auto reply = client_.fetch(session.key, Want::Version);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_TRUE(reply->found);
    EXPECT_TRUE(reply->value.empty());
    EXPECT_EQ(reply->cas, cas);
    EXPECT_EQ(reply->fingerprint, record::fingerprint({5, 6}));
    EXPECT_GT(reply->ttl_left_s, 590);
}

TEST_P(RedisStore, TellsAnEmptyValueFromOneThatWasNotRead) {
    ASSERT_EQ(server_.command({"SET", std::string(key_of("a").text()), ""}), "+OK\r\n");
    const auto read = client_.fetch(key_of("a"));
    ASSERT_TRUE(read && read->found);
    EXPECT_TRUE(read->has_value);
    EXPECT_TRUE(read->value.empty());
    EXPECT_FALSE(client_.fetch(key_of("a"), Want::Version)->has_value);
    EXPECT_FALSE(client_.fetch(key_of("nobody"))->has_value);
}

TEST_P(RedisStore, KnowsTheCasOfAVersionBeforeAnything) {
    const record::Version last{std::numeric_limits<std::uint32_t>::max(),
                               std::numeric_limits<std::uint32_t>::max()};
    for (const record::Version version : {record::Version{0, 1}, {1, 1}, {7, 0x8000'0000}, last}) {
        const Session session(std::to_string(version.generation), "x", version);
        const Cas predicted = client_.store().predicted_cas(version);
        EXPECT_EQ(predicted, cas_of(version));
        EXPECT_EQ(put(session), predicted);
        EXPECT_EQ(client_.fetch(session.key)->cas, predicted);
        const Session next(std::to_string(version.generation), "y", {8, 8});
        EXPECT_EQ(outcome(next, predicted), PutOutcome::Stored);
    }
}

TEST_P(RedisStore, ReturnsEveryByteAsItWasStored) {
    std::string bytes("\r\n$-1\r\n*0\r\n\0+OK\r\n", 18);
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    const Session session("a", bytes);
    PutRequest request = session.put(client_);
    request.hint = as_bytes(std::string_view(bytes).substr(0, 200));
    put(request);
    const auto reply = client_.fetch(session.key, Want::Value, true);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_TRUE(payload_of(*reply) == bytes);
    EXPECT_TRUE(as_text(reply->hint) == bytes.substr(0, 200));
}

TEST_P(RedisStore, ReturnsLargeSessionsAsTheyWereStored) {
    Cas cas = 0;
    for (const std::size_t size : {std::size_t{1'000'000}, std::size_t{5'000'000}}) {
        std::string payload(size, ' ');
        for (std::size_t i = 0; i < size; ++i)
            payload[i] = static_cast<char>('a' + (i / 7 + i / 1000) % 26);
        const Session session("a", payload, {static_cast<std::uint32_t>(size), 1});
        cas = put(session, cas);
        for (int i = 0; i < 3; ++i) EXPECT_TRUE(content(session.key) == payload) << size;
    }
    put(Session("a", "small again", {9'000'000, 1}), cas);
    EXPECT_EQ(content(key_of("a")), "small again");
    EXPECT_EQ(server_.command({"DBSIZE"}), ":1\r\n");
}

// What a destroyed session leaves is an envelope without payload.
TEST_P(RedisStore, KeepsAnEmptyPayload) {
    const Session session("a", "", {3, 4});
    const Cas cas = put(session);
    const auto reply = client_.fetch(session.key);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_TRUE(reply->found);
    EXPECT_EQ(reply->value.size(), record::Envelope::kFixed);
    EXPECT_EQ(payload_of(*reply), "");
    EXPECT_EQ(client_.fetch(session.key, Want::Version)->cas, cas);
    put(Session("a", "back", {4, 4}), cas);
}

TEST_P(RedisStore, RefusesASessionAboveTheLimitAndKeepsTheOldOne) {
    const Session session("a", "old");
    const Cas cas = put(session);
    EXPECT_EQ(client_.store().max_payload(), 16u << 20);
    const Session huge("a", std::string((16u << 20) + 1, 'z'), {2, 2});
    const auto refused = client_.put(huge.put(client_, cas));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::TooLarge);
    EXPECT_EQ(content(session.key), "old");
    EXPECT_EQ(client_.events.connected, 1);
}

TEST_P(RedisStore, TakesASessionOfExactlyTheLimit) {
    StoreClient small(server_.spec(), {.max_payload = 1000});
    const Session session("a", std::string(1000, 'z'));
    const auto stored = small.put(session.put(small));
    ASSERT_TRUE(stored) << stored.error().detail;
    const auto reply = small.fetch(session.key);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(payload_of(*reply), session.payload);
}

// ---- compare and set ----------------------------------------------------------------------------

TEST_P(RedisStore, StoresWhereAbsentOnlyOnce) {
    put(Session("a", "one", {1, 1}));
    EXPECT_EQ(outcome(Session("a", "two", {2, 2})), PutOutcome::Conflict);
    EXPECT_EQ(content(key_of("a")), "one");
}

TEST_P(RedisStore, ReplacesExactlyTheVersionThatWasExpected) {
    const Cas first = put(Session("a", "first", {1, 1}));
    for (const record::Version other : {record::Version{1, 2}, {2, 1}, {0x0100'0000, 1}})
        EXPECT_EQ(outcome(Session("a", "wrong", {9, 9}), cas_of(other)), PutOutcome::Conflict);
    const Cas second = put(Session("a", "second, which is longer", {2, 2}), first);
    EXPECT_EQ(outcome(Session("a", "late", {2, 3}), first), PutOutcome::Conflict);
    EXPECT_EQ(content(key_of("a")), "second, which is longer");
    put(Session("a", "3", {3, 1}), second);
    EXPECT_EQ(content(key_of("a")), "3");
}

TEST_P(RedisStore, SaysThatTheExpectedVersionIsGone) {
    EXPECT_EQ(outcome(Session("a", "content"), 4711), PutOutcome::Missing);
    EXPECT_FALSE(client_.fetch(key_of("a"))->found);
}

// ---- what others left under the name ------------------------------------------------------------

TEST_P(RedisStore, AForeignValueIsReadAsItIsAndReplacedByCompareAndSet) {
    const std::string header(as_text(Session("a", "x", {7, 7}).header.view()));
    const std::string no_nonce = header.substr(0, 8) + std::string(4, '\0') + header.substr(12);
    const std::vector<std::string> values{
        "",
        "x",
        "1234567",
        "12345678",
        std::string(40, '\0'),
        std::string(5000, 'f'),
        header.substr(0, 39),
        "?" + header.substr(1) + "x",
        no_nonce + "x",
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string& foreign = values[i];
        const Session session(std::to_string(i), "replaced", {2, 2});
        const std::string name(session.key.text());
        ASSERT_EQ(server_.command({"SET", name, foreign}), "+OK\r\n");
        const auto read = client_.fetch(session.key);
        ASSERT_TRUE(read) << i << ": " << read.error().detail;
        EXPECT_TRUE(read->found) << i;
        EXPECT_NE(read->cas, 0u) << i;
        EXPECT_EQ(read->ttl_left_s, -1) << i;
        EXPECT_TRUE(as_text(read->value) == foreign) << i;
        const auto probed = client_.fetch(session.key, Want::Version);
        ASSERT_TRUE(probed) << i << ": " << probed.error().detail;
        EXPECT_TRUE(probed->found) << i;
        EXPECT_EQ(probed->cas, read->cas) << i;

        EXPECT_EQ(outcome(session), PutOutcome::Conflict) << i;
        EXPECT_EQ(outcome(session, cas_of({5, 5})), PutOutcome::Conflict) << i;
        EXPECT_EQ(server_.value({"GET", name}), foreign) << i;
        EXPECT_EQ(outcome(session, read->cas), PutOutcome::Stored) << i;
        EXPECT_EQ(content(session.key), "replaced") << i;
    }
}

TEST_P(RedisStore, ADamagedSessionIsReadAsItIsAndReplaced) {
    const Session session("a", "content", {7, 7});
    put(session);
    ASSERT_EQ(server_.command({"SETRANGE", std::string(session.key.text()), "50", "!"}), ":55\r\n");
    const auto read = client_.fetch(session.key);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_TRUE(read->found);
    EXPECT_EQ(record::decode(session.key.text(), read->value).error().code, Errc::Corrupt);
    put(Session("a", "again", {8, 8}), read->cas);
    EXPECT_EQ(content(session.key), "again");
}

TEST_P(RedisStore, AnotherKindOfDataIsAnErrorAndStaysAsItIs) {
    const Session session("a", "x");
    const std::string name(session.key.text());
    ASSERT_EQ(server_.command({"RPUSH", name, "element"}), ":1\r\n");
    for (const Want want : {Want::Value, Want::Version})
        EXPECT_EQ(client_.fetch(session.key, want).error().code, Errc::StoreError);
    const auto refused = client_.put(session.put(client_));
    EXPECT_TRUE(!refused || refused->outcome == PutOutcome::Conflict);
    EXPECT_EQ(server_.command({"LLEN", name}), ":1\r\n");
    EXPECT_TRUE(client_.fetch(key_of("b")));
    EXPECT_EQ(client_.events.protocol_errors, 0);
}

// ---- lifetimes ----------------------------------------------------------------------------------

TEST_P(RedisStore, SetsTheLifetimeByTouching) {
    const Session session("a", "x");
    const Cas cas = put(session);
    EXPECT_TRUE(client_.touch(session.key, 5000)->found);
    const auto reply = client_.fetch(session.key);
    ASSERT_TRUE(reply);
    EXPECT_GT(reply->ttl_left_s, 4990);
    EXPECT_LE(reply->ttl_left_s, 5000);
    EXPECT_EQ(reply->cas, cas);
    EXPECT_EQ(payload_of(*reply), "x");
    EXPECT_TRUE(client_.touch(session.key, 60)->found) << "it may become shorter as well";
    EXPECT_LE(client_.fetch(session.key)->ttl_left_s, 60);
    EXPECT_FALSE(client_.touch(key_of("nobody"), 5000)->found);
}

TEST_P(RedisStore, ATouchProlongsTheHintAsWell) {
    const Session session("a", "x");
    PutRequest request = session.put(client_);
    request.hint = as_bytes("known");
    put(request);
    EXPECT_GT(ttl_of(hint_name(session.key)), 590);
    EXPECT_LE(ttl_of(hint_name(session.key)), 600);
    EXPECT_TRUE(client_.touch(session.key, 5000)->found);
    EXPECT_GT(ttl_of(hint_name(session.key)), 4990);
    EXPECT_EQ(hint(client_, session.key), "known");
}

TEST_P(RedisStore, AWriteSetsTheLifetimeAnew) {
    const Session session("a", "x", {1, 1});
    const Cas cas = put(session);
    const Session next("a", "y", {2, 2});
    PutRequest request = next.put(client_, cas);
    request.ttl_s = 30 * 86400;
    put(request);
    EXPECT_GT(client_.fetch(session.key)->ttl_left_s, 30 * 86400 - 10);
}

TEST_P(RedisStore, AnExpiredSessionIsAbsentForEveryKindOfRequest) {
    const Session session("a", "old", {1, 1});
    PutRequest request = session.put(client_);
    request.ttl_s = 1;
    const Cas cas = put(request);
    const TimePoint limit = client_.deadline();
    while (client_.fetch(session.key)->found && client_.loop().now() < limit) {
    }
    EXPECT_FALSE(client_.fetch(session.key)->found);
    EXPECT_FALSE(client_.fetch(session.key, Want::Version)->found);
    EXPECT_FALSE(client_.touch(session.key, 100)->found);
    EXPECT_EQ(outcome(Session("a", "late", {2, 2}), cas), PutOutcome::Missing);
    put(Session("a", "new", {3, 3}));
    EXPECT_EQ(content(session.key), "new");
}

// ---- hints --------------------------------------------------------------------------------------

TEST_P(RedisStore, KeepsAHintBesideTheItem) {
    const Session session("a", "x");
    PutRequest request = session.put(client_);
    request.hint = as_bytes("known");
    const Cas cas = put(request);
    EXPECT_EQ(hint(client_, session.key), "known");
    EXPECT_TRUE(client_.fetch(session.key)->hint.empty()) << "nobody asked for it";
    client_.store().leave_hint(session.key, as_bytes("known later"), 60);
    EXPECT_EQ(hint(client_, session.key), "known later");
    EXPECT_LE(ttl_of(hint_name(session.key)), 60);
    EXPECT_GT(ttl_of(hint_name(session.key)), 50);
    EXPECT_EQ(client_.fetch(session.key)->cas, cas);
    const std::string longest(kMaxHint, 'h');
    client_.store().leave_hint(session.key, as_bytes(longest), 60);
    EXPECT_EQ(hint(client_, session.key), longest);
}

TEST_P(RedisStore, AHintOfAnAbsentSessionIsFound) {
    ASSERT_TRUE(client_.probe());  // without a connection there is no next packet to wait for
    client_.store().leave_hint(key_of("a"), as_bytes("known"), 60);
    const auto reply = client_.fetch(key_of("a"), Want::Value, true);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->found);
    EXPECT_EQ(as_text(reply->hint), "known");
}

TEST_P(RedisStore, AHintWaitsForTheNextPacketOrUntilNoPageWaits) {
    const Session session("a", "x");
    put(session);
    StoreClient other(server_.spec());
    client_.store().leave_hint(session.key, as_bytes("first"), 60);
    EXPECT_EQ(hint(other, session.key), "");
    ASSERT_TRUE(client_.fetch(key_of("another session")));
    EXPECT_EQ(hint(other, session.key), "first");

    client_.store().leave_hint(session.key, as_bytes("second"), 60);
    EXPECT_EQ(hint(other, session.key), "first");
    client_.store().flush();
    const TimePoint limit = client_.deadline();
    while (hint(other, session.key) != "second" && client_.loop().now() < limit) {
    }
    EXPECT_EQ(hint(other, session.key), "second");
    EXPECT_EQ(content(session.key), "x") << "its answer was taken for another's";
}

// ---- the order of things ------------------------------------------------------------------------

class Order final : public StoreSink {
  public:
    void on_fetch(int, Result<FetchReply> reply) noexcept override {
        note(!reply ? "failed" : reply->found ? "found" : "absent");
    }
    void on_put(int, Result<PutReply> reply) noexcept override {
        note(!reply                                   ? "failed"
             : reply->outcome == PutOutcome::Stored   ? "stored"
             : reply->outcome == PutOutcome::Conflict ? "conflict"
                                                      : "missing");
    }
    void on_touch(int, Result<TouchReply> reply) noexcept override {
        note(!reply ? "failed" : reply->found ? "touched" : "untouched");
    }
    void on_release(int, Result<ReleaseReply> reply) noexcept override {
        note(!reply ? "failed" : reply->was_ours ? "released" : "kept");
    }
    void on_probe(int, Status reply) noexcept override { note(reply ? "alive" : "failed"); }

    std::string text;
    int wanted = 0;
    bool done = false;

  private:
    void note(const char* word) {
        text += std::string(text.empty() ? "" : " ") + word;
        done = --wanted == 0;
    }
};

TEST_P(RedisStore, RequestsInFlightTakeEffectAndAnswerInTheirOrder) {
    const Session one("a", "one", {1, 1});
    const Session two("a", std::string(300'000, '2'), {2, 2});
    const TimePoint deadline = client_.deadline();
    Order order;
    Store& store = client_.store();
    store.touch(one.key, 60, deadline, &order);
    store.fetch({one.key, Want::Version, LockClaim{owner("me")}, deadline}, &order);
    store.put(one.put(client_), &order);
    store.put(two.put(client_), &order);
    store.put(two.put(client_, cas_of({1, 1})), &order);
    store.probe(deadline, &order);
    store.fetch({one.key, Want::Value, std::nullopt, deadline}, &order);
    store.release(one.key, {owner("me"), 0}, deadline, &order);
    store.release(one.key, {owner("me"), 0}, deadline, &order);
    order.wanted = 9;
    EXPECT_EQ(order.text, "");
    ASSERT_TRUE(client_.loop().run_until(order.done, deadline)) << order.text;
    EXPECT_EQ(order.text, "untouched absent stored conflict stored alive found released kept");
    EXPECT_EQ(client_.events.connected, 1);
}

TEST_P(RedisStore, APayloadIsNeededOnlyDuringThePut) {
    const Session session("a", std::string(200'000, 'x'));
    test::CollectingSink sink;
    {
        std::string borrowed = session.payload;
        PutRequest request = session.put(client_);
        request.payload = as_bytes(borrowed);
        client_.store().put(request, &sink);
        borrowed.assign(borrowed.size(), '?');
    }
    ASSERT_TRUE(client_.loop().run_until(sink.done, client_.deadline()));
    ASSERT_TRUE(sink.put && *sink.put);
    EXPECT_TRUE(content(session.key) == session.payload);
}

TEST_P(RedisStore, WhatNobodyAwaitsIsDoneAsWell) {
    const Session session("a", "x");
    ASSERT_EQ(client_.lock(session.key, "me")->lock, LockState::Granted);
    Store& store = client_.store();
    store.probe(client_.deadline(), nullptr);
    store.put(session.put(client_), nullptr);
    store.touch(session.key, 5000, client_.deadline(), nullptr);
    store.release(session.key, {owner("me"), 0}, client_.deadline(), nullptr);
    store.fetch({session.key, Want::Value, std::nullopt, client_.deadline()}, nullptr);
    const auto reply = client_.lock(session.key, "another");
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->lock, LockState::Granted);
    EXPECT_EQ(payload_of(*reply), "x");
    EXPECT_GT(reply->ttl_left_s, 4990);
}

TEST_P(RedisStore, AForgottenSinkIsNeverCalled) {
    test::CollectingSink forgotten;
    const Session session("a", "x");
    client_.store().put(session.put(client_), &forgotten);
    client_.store().fetch({session.key, Want::Value, std::nullopt, client_.deadline()}, &forgotten);
    client_.store().forget(&forgotten);
    EXPECT_EQ(content(session.key), "x") << "the request itself goes on";
    EXPECT_EQ(forgotten.answers, 0);
}

TEST_P(RedisStore, AConnectionServesThousandsOfCommands) {
    const Session session("a", "x", {5, 6});
    put(session);
    for (int i = 0; i < 2'500; ++i) {
        const auto reply = client_.fetch(session.key, Want::Version);
        ASSERT_TRUE(reply) << reply.error().detail;
    }
    EXPECT_EQ(client_.events.connected, 1);
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
