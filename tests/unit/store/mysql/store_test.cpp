// SPDX-License-Identifier: BSD-3-Clause
// The store against a real MariaDB: what it keeps. Locks: lock_test.cpp. What happens to the
// server: server_test.cpp.
#ifdef SESSMIRROR_WITH_MYSQL

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "store/explicit_cas.h"
#include "support/mysql_relay.h"
#include "support/mysql_test.h"

namespace sessmirror::store {
namespace {

using test::key_of;
using test::MysqlStoreClient;
using test::owner;
using test::payload_of;
using test::Session;

class MysqlStoreTest : public test::MysqlTest {
  protected:
    // The CAS of what was stored.
    Cas stored(const PutRequest& request) {
        const auto reply = client_.put(request);
        EXPECT_TRUE(reply) << reply.error().detail;
        EXPECT_TRUE(reply && reply->outcome == PutOutcome::Stored);
        return reply ? reply->cas : 0;
    }
    Cas stored(const Session& session, Cas expected = 0) {
        return stored(session.put(client_, expected));
    }
    PutOutcome outcome(const Session& session, Cas expected = 0) {
        const auto reply = client_.put(session.put(client_, expected));
        EXPECT_TRUE(reply) << reply.error().detail;
        return reply ? reply->outcome : PutOutcome::Stored;
    }
    FetchReply read(const SessionKey& key, Want want = Want::Value, bool hint = false) {
        auto reply = client_.fetch(key, want, hint);
        EXPECT_TRUE(reply) << reply.error().detail;
        return reply ? std::move(*reply) : FetchReply();
    }
    std::string content(const SessionKey& key) {
        const FetchReply reply = read(key);
        return reply.found ? payload_of(reply) : std::string("(none)");
    }
    static std::string hint_in(MysqlStoreClient& client, const SessionKey& key) {
        const auto reply = client.fetch(key, Want::Version, true);
        return reply ? std::string(as_text(reply->hint)) : std::string(reply.error().detail);
    }

    MysqlStoreClient client_{target()};
};

TEST_F(MysqlStoreTest, FindsNothingWhereNothingWasStored) {
    for (const Want want : {Want::Value, Want::Version}) {
        const FetchReply reply = read(key_of("nobody"), want, true);
        EXPECT_FALSE(reply.found);
        EXPECT_EQ(reply.lock, LockState::NotAsked);
        EXPECT_EQ(reply.cas, 0u);
        EXPECT_FALSE(reply.has_value);
        EXPECT_TRUE(reply.hint.empty());
    }
    EXPECT_EQ(rows(), "0") << "a look leaves no row";
}

TEST_F(MysqlStoreTest, ReturnsASessionWithItsVersionAndLifetime) {
    const Session session("a", "cart|i:7;", {77, 99});
    const Cas cas = stored(session);
    EXPECT_EQ(cas, cas_of({77, 99}));
    EXPECT_EQ(cas, client_.store().predicted_cas({77, 99}));
    const FetchReply whole = read(session.key);
    EXPECT_TRUE(whole.found);
    EXPECT_EQ(whole.cas, cas);
    EXPECT_EQ(whole.fingerprint, record::fingerprint({77, 99}));
    EXPECT_GT(whole.ttl_left_s, 590);
    EXPECT_LE(whole.ttl_left_s, 600);
    EXPECT_EQ(payload_of(whole), "cart|i:7;");
    const FetchReply version = read(session.key, Want::Version);
    EXPECT_TRUE(version.found);
    EXPECT_FALSE(version.has_value);
    EXPECT_EQ(version.cas, cas);
    EXPECT_EQ(version.fingerprint, whole.fingerprint);
}

TEST_F(MysqlStoreTest, KeepsVersionsOfAllBits) {
    constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
    for (const record::Version version : {record::Version{0, 1}, {kMost, kMost}, {7, 1u << 31}}) {
        const Session session(std::to_string(version.generation), "x", version);
        const Cas cas = stored(session);
        EXPECT_EQ(read(session.key).cas, cas);
        EXPECT_EQ(outcome(Session(std::to_string(version.generation), "y", {5, 5}), cas),
                  PutOutcome::Stored);
    }
}

// Quotes and backslashes among them, and what would end a statement.
TEST_F(MysqlStoreTest, ReturnsEveryByteAsItWasStored) {
    std::string bytes("'; DROP TABLE x; -- \\' \" \\\\ '' \0 \xbf\x27 ", 36);
    for (int i = 0; i < 512; ++i) bytes += static_cast<char>(i);
    for (const Cas expected : {Cas{0}, cas_of({1, 1})}) {
        const Session session("a", bytes, {expected == 0 ? 1u : 2u, 1});
        PutRequest request = session.put(client_, expected);
        request.hint = as_bytes(std::string_view(bytes).substr(0, 250));
        stored(request);
        const FetchReply reply = read(session.key, Want::Value, true);
        EXPECT_TRUE(payload_of(reply) == bytes);
        EXPECT_TRUE(as_text(reply.hint) == bytes.substr(0, 250));
    }
}

TEST_F(MysqlStoreTest, ReturnsEmptyAndLargeSessionsAsTheyWereStored) {
    Cas cas = 0;
    std::uint32_t generation = 0;
    for (const std::size_t size : {0u, 1u, 100'000u, 5'000'000u, 12'000'000u, 3u}) {
        std::string payload(size, ' ');
        for (std::size_t i = 0; i < size; ++i)
            payload[i] = static_cast<char>('a' + (i / 7 + i / 1000) % 26);
        cas = stored(Session("a", payload, {++generation, 1}), cas);
        EXPECT_TRUE(content(key_of("a")) == payload) << size;
    }
    EXPECT_EQ(client_.events.connected, 1);
}

// The least a server may be set to; its packets are what decides.
TEST_F(MysqlStoreTest, RefusesWhatTheServerWouldNotTakeAndKeepsTheOldOne) {
    ASSERT_EQ(server().run("SET GLOBAL max_allowed_packet=1048576"), "");
    MysqlStoreClient client(target());
    const Session old("a", "old", {1, 1});
    const auto first = client.put(old.put(client));
    ASSERT_TRUE(first) << first.error().detail;
    const std::uint64_t most = client.store().max_payload();
    EXPECT_LT(most, 1048576u);
    EXPECT_GT(most, 1'000'000u);
    // Of that size, then larger, then of quotes alone, which a packet has twice.
    const Session fits("a", std::string(most, 'z'), {2, 2});
    const auto second = client.put(fits.put(client, first->cas));
    ASSERT_TRUE(second) << second.error().detail;
    for (const std::string& payload : {std::string(most + 1, 'z'), std::string(most - 1, '\'')}) {
        const Session large("a", payload, {3, 3});
        const auto refused = client.put(large.put(client, second->cas));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::TooLarge) << refused.error().detail;
    }
    EXPECT_EQ(payload_of(*client.fetch(old.key)).size(), most);
    EXPECT_EQ(client.events.connected, 1) << "no connection was lost by it";
    ASSERT_EQ(server().run("SET GLOBAL max_allowed_packet=16777216"), "");
}

TEST_F(MysqlStoreTest, APayloadIsNeededOnlyDuringThePut) {
    const Session session("a", std::string(200'000, 'x'));
    test::CollectingSink sink;
    {
        std::string borrowed = session.payload;
        PutRequest request = session.put(client_);
        request.payload = as_bytes(borrowed);
        client_.store().put(request, &sink);
        EXPECT_EQ(sink.answers, 0) << "never from inside the call";
        borrowed.assign(borrowed.size(), '?');
    }
    ASSERT_TRUE(client_.loop().run_until(sink.done, client_.deadline()));
    EXPECT_TRUE(content(session.key) == session.payload);
}

// ---- compare and set

TEST_F(MysqlStoreTest, ReplacesExactlyTheVersionThatWasExpected) {
    EXPECT_EQ(outcome(Session("a", "x"), 4711), PutOutcome::Missing);
    EXPECT_EQ(rows(), "0");
    const Cas first = stored(Session("a", "first", {1, 1}));
    EXPECT_EQ(outcome(Session("a", "again", {2, 2})), PutOutcome::Conflict);
    for (const record::Version other : {record::Version{1, 2}, {2, 1}, {0x0100'0000, 1}})
        EXPECT_EQ(outcome(Session("a", "wrong", {9, 9}), cas_of(other)), PutOutcome::Conflict);
    EXPECT_EQ(content(key_of("a")), "first");
    const Cas second = stored(Session("a", "second", {2, 2}), first);
    EXPECT_EQ(outcome(Session("a", "late", {2, 3}), first), PutOutcome::Conflict);
    EXPECT_EQ(content(key_of("a")), "second");
    stored(Session("a", "third", {3, 1}), second);
}

// Its answer was lost, for instance.
TEST_F(MysqlStoreTest, KnowsAWriteThatWasMadeBefore) {
    const Session first("a", "x", {1, 1});
    const Session second("a", "y", {2, 2});
    const Cas cas = stored(first);
    EXPECT_EQ(stored(first), cas);
    const Cas next = stored(second, cas);
    EXPECT_EQ(stored(second, cas), next);
    EXPECT_EQ(outcome(first), PutOutcome::Conflict) << "it is another one by now";
}

// What a destroyed session leaves is a session like others, and decides as they do.
TEST_F(MysqlStoreTest, ATombstoneIsReplacedByWhoeverHasSeenItAlone) {
    const Cas alive = stored(Session("a", "alive", {1, 1}));
    const Cas tombstone = stored(Session("a", "", {2, 2}), alive);
    EXPECT_EQ(outcome(Session("a", "late", {3, 3}), alive), PutOutcome::Conflict);
    EXPECT_EQ(outcome(Session("a", "late", {3, 3})), PutOutcome::Conflict);
    stored(Session("a", "new", {4, 4}), tombstone);
    EXPECT_EQ(content(key_of("a")), "new");
}

TEST_F(MysqlStoreTest, AForeignRowIsReadAsItIsAndReplacedByCompareAndSet) {
    const Session session("a", "mine", {1, 1});
    for (const std::string value : {"'not ours'", "NULL", "''"}) {
        stored(Session("a", "x", {9, 9}));
        set(session.key, "cas=0,value=" + value);
        const FetchReply reply = read(session.key);
        EXPECT_TRUE(reply.found);
        EXPECT_TRUE(reply.has_value);
        EXPECT_EQ(reply.value.size(), value.size() > 4 ? 8u : 0u);
        ASSERT_NE(reply.cas, 0u);
        EXPECT_EQ(outcome(session), PutOutcome::Conflict);
        stored(session, reply.cas);
        EXPECT_EQ(content(session.key), "mine");
        set(session.key, "expires_at=0");
    }
}

TEST_F(MysqlStoreTest, AValueThatNoSessionMayHaveIsAnErrorAndCostsNoMemory) {
    MysqlStoreClient small(target(), {.connect_timeout = std::chrono::seconds(5),
                                      .io_timeout = std::chrono::seconds(5),
                                      .max_payload = 1000});
    const Session session("a", "x");
    stored(session);
    set(session.key, "value=REPEAT('x',10000)");
    const auto reply = small.lock(session.key, "host:1");
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::StoreError) << reply.error().detail;
    EXPECT_TRUE(small.fetch(session.key, Want::Version)) << "the connection stays";
    EXPECT_EQ(field(session.key, "lock_owner"), "") << "nobody has its lock";
    EXPECT_EQ(small.events.connected, 1);
}

// ---- lifetimes

TEST_F(MysqlStoreTest, SetsTheLifetimeOfASessionAndItsHintByTouching) {
    const Session session("a", "x");
    EXPECT_FALSE(client_.touch(session.key, 5000)->found);
    PutRequest request = session.put(client_);
    request.hint = as_bytes("known");
    const Cas cas = stored(request);
    EXPECT_TRUE(client_.touch(session.key, 5000)->found);
    EXPECT_GT(read(session.key).ttl_left_s, 4990);
    EXPECT_LE(read(session.key).ttl_left_s, 5000);
    EXPECT_EQ(read(session.key).cas, cas);
    EXPECT_EQ(field(session.key, "hint_until=expires_at AND gone_at=expires_at"), "1");
    EXPECT_TRUE(client_.touch(session.key, 60)->found) << "it may become shorter as well";
    EXPECT_LE(read(session.key).ttl_left_s, 60);
    EXPECT_EQ(field(session.key, "gone_at=expires_at"), "1");
    EXPECT_EQ(content(session.key), "x");
}

TEST_F(MysqlStoreTest, AnExpiredSessionIsAbsentForEveryKindOfRequest) {
    const Session session("a", "old", {1, 1});
    const Cas cas = stored(session);
    set(session.key, "expires_at=UNIX_TIMESTAMP()");
    for (const Want want : {Want::Value, Want::Version}) {
        const FetchReply reply = read(session.key, want);
        EXPECT_FALSE(reply.found);
        EXPECT_EQ(reply.cas, 0u);
        EXPECT_TRUE(reply.value.empty());
    }
    EXPECT_FALSE(client_.touch(session.key, 100)->found);
    EXPECT_EQ(outcome(Session("a", "late", {2, 2}), cas), PutOutcome::Missing);
    stored(Session("a", "new", {3, 3}));
    EXPECT_EQ(content(session.key), "new");
    EXPECT_GT(read(session.key).ttl_left_s, 590);
}

// ---- hints

TEST_F(MysqlStoreTest, KeepsAHintBesideTheSessionOrAlone) {
    const Session session("a", "x");
    EXPECT_EQ(hint_in(client_, session.key), "");
    client_.store().leave_hint(session.key, as_bytes("alone"), 60);
    const FetchReply absent = read(session.key, Want::Value, true);
    EXPECT_FALSE(absent.found);
    EXPECT_EQ(as_text(absent.hint), "alone");
    PutRequest request = session.put(client_);
    request.hint = as_bytes("known");
    const Cas cas = stored(request);
    EXPECT_EQ(hint_in(client_, session.key), "known");
    EXPECT_TRUE(read(session.key).hint.empty()) << "nobody asked for it";
    const std::string longest(kMaxHint, '\'');
    client_.store().leave_hint(session.key, as_bytes(longest), 60);
    EXPECT_EQ(hint_in(client_, session.key), longest);
    EXPECT_EQ(read(session.key).cas, cas);
    EXPECT_EQ(content(session.key), "x");
    set(session.key, "hint_until=UNIX_TIMESTAMP()");
    EXPECT_EQ(hint_in(client_, session.key), "");
}

TEST_F(MysqlStoreTest, AHintWaitsForTheNextPacketOrUntilNoPageWaits) {
    ASSERT_TRUE(client_.probe());
    MysqlStoreClient other(target());
    client_.store().leave_hint(key_of("a"), as_bytes("first"), 60);
    EXPECT_EQ(hint_in(other, key_of("a")), "");
    ASSERT_TRUE(client_.fetch(key_of("another")));
    EXPECT_EQ(hint_in(other, key_of("a")), "first");
    client_.store().leave_hint(key_of("a"), as_bytes("second"), 60);
    client_.store().flush();
    const TimePoint limit = client_.deadline();
    while (hint_in(other, key_of("a")) != "second" && client_.loop().now() < limit) {
    }
    EXPECT_EQ(hint_in(other, key_of("a")), "second");
    EXPECT_EQ(content(key_of("b")), "(none)") << "its answer was taken for another's";
}

TEST_F(MysqlStoreTest, AHintThatCannotBeLeftCostsThePageNothing) {
    const Session session("a", "x");
    stored(session);
    client_.store().leave_hint(session.key, as_bytes(std::string(kMaxHint + 1, 'x')), 60);
    EXPECT_EQ(content(session.key), "x");
    EXPECT_EQ(hint_in(client_, session.key), "");
}

// ---- the order of things, and what they cost

TEST_F(MysqlStoreTest, RequestsTakeEffectInTheirOrder) {
    const Session one("a", "1", {1, 1});
    const Session two("a", "2", {2, 2});
    test::CollectingSink sink;
    Store& store = client_.store();
    store.touch(one.key, 60, client_.deadline(), nullptr);
    store.put(one.put(client_), nullptr);
    store.fetch({one.key, Want::Value, LockClaim{owner("host:1")}, client_.deadline()}, nullptr);
    store.put(two.put(client_, cas_of({1, 1})), nullptr);
    store.probe(client_.deadline(), nullptr);
    store.touch(one.key, 5000, client_.deadline(), nullptr);
    store.fetch({one.key, Want::Value, LockClaim{owner("host:2")}, client_.deadline()}, &sink);
    EXPECT_EQ(sink.answers, 0);
    ASSERT_TRUE(client_.loop().run_until(sink.done, client_.deadline()));
    ASSERT_TRUE(*sink.fetched) << sink.fetched->error().detail;
    EXPECT_EQ(payload_of(**sink.fetched), "2");
    EXPECT_GT((*sink.fetched)->ttl_left_s, 4990);
    // Nobody is left who would use the first lock, so it is given up, behind all of these.
    EXPECT_EQ((*sink.fetched)->lock, LockState::Held);
    EXPECT_EQ(client_.lock(one.key, "host:2")->lock, LockState::Granted);
    EXPECT_EQ(client_.events.connected, 1);
}

TEST_F(MysqlStoreTest, AForgottenSinkIsNeverCalled) {
    test::CollectingSink forgotten;
    const Session session("a", "x");
    client_.store().put(session.put(client_), &forgotten);
    client_.store().forget(&forgotten);
    EXPECT_EQ(content(session.key), "x") << "the request itself goes on";
    EXPECT_EQ(forgotten.answers, 0);
}

// As a relay between the two counts them.
TEST_F(MysqlStoreTest, APageCostsOneExchangeToReadAndOneToWrite) {
    test::MysqlRelay relay(server());
    MysqlStoreClient client(relay.target(target().table));
    ASSERT_TRUE(client.probe());
    const auto cost_of = [&](auto request) {
        const int before = relay.asked();
        request();
        return relay.asked() - before;
    };
    const Session session("a", "x");
    HeldLock held;
    EXPECT_EQ(cost_of([&] { held = client.lock(session.key, "host:1")->holder; }), 1);
    PutRequest request = session.put(client);
    request.hint = as_bytes("known");
    request.unlock = held;
    EXPECT_EQ(cost_of([&] { EXPECT_FALSE(client.put(request)->lock_lost); }), 1);
    client.store().leave_hint(session.key, as_bytes("later"), 60);
    EXPECT_EQ(cost_of([&] { EXPECT_TRUE(client.fetch(session.key, Want::Value, true)); }), 1);
    EXPECT_EQ(cost_of([&] { EXPECT_TRUE(client.touch(session.key, 60)->found); }), 1);
    EXPECT_EQ(cost_of([&] { EXPECT_TRUE(client.release(session.key, held)); }), 1);
    EXPECT_EQ(relay.connections(), 1);
}

TEST_F(MysqlStoreTest, DeletesWhatHasExpiredWhenNoPageWaits) {
    ASSERT_TRUE(client_.probe());
    ASSERT_EQ(server().run("INSERT INTO " + target().table +
                           " (k,gone_at) SELECT CONCAT('old',seq),1 FROM seq_1_to_250"),
              "");
    const Session session("a", "alive");
    stored(session);
    ASSERT_EQ(client_.lock(key_of("b"), "host:1")->lock, LockState::Granted);
    EXPECT_EQ(rows(), "252");
    MysqlStoreClient other(target());
    ASSERT_TRUE(other.probe());
    // One of the two does it, in three batches.
    const TimePoint limit = client_.deadline();
    while (rows() != "2" && client_.loop().now() < limit)
        for (MysqlStoreClient* const client : {&client_, &other}) {
            client->store().flush();
            ASSERT_TRUE(client->probe());
        }
    EXPECT_EQ(rows(), "2");
    EXPECT_EQ(content(session.key), "alive");
    EXPECT_EQ(other.lock(key_of("b"), "host:2")->lock, LockState::Held);
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL
