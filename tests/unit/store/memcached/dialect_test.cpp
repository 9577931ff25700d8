// SPDX-License-Identifier: BSD-3-Clause
// Servers and proxies that have no meta commands: how that is found out, and that nothing is lost
// by it. What is promised in either dialect is in real_test.cpp.
#include <gtest/gtest.h>

#include <string>

#include "store/memcached/engine.h"
#include "store/memcached/expiry_item.h"
#include "support/classic_relay.h"
#include "support/real_memcached.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using test::ClassicRelay;
using test::key_of;
using test::owner;
using test::payload_of;
using test::RealMemcached;
using test::Session;
using test::StoreClient;

class Dialect : public testing::Test {
  protected:
    StoreSpec spec(const ClassicRelay& relay, const char* protocol) {
        StoreSpec spec = relay.spec();
        EXPECT_TRUE(spec.own.set(kMemcachedProtocol, protocol));
        return spec;
    }
    RealMemcached server_;
};

TEST_F(Dialect, IsFoundOutByTheFirstAnswerWhateverWasAskedFirst) {
    for (const char* const version : {"1.5.22", "1.6.9", "mcrouter 37.0.0", "0.5.0"}) {
        const ClassicRelay relay(server_, version);
        StoreClient reads(relay.spec());
        EXPECT_TRUE(reads.fetch(key_of("nobody"))) << version;
        StoreClient locks(relay.spec());
        const auto lock = locks.lock(key_of(version), "host:1");
        ASSERT_TRUE(lock) << lock.error().detail;
        EXPECT_EQ(lock->lock, LockState::Granted);
        EXPECT_TRUE(locks.release(key_of(version), lock->holder)->was_ours);
        StoreClient probes(relay.spec());
        EXPECT_TRUE(probes.probe()) << version;
        EXPECT_EQ(relay.connections(), 6) << "one that tells, one that serves";
    }
}

// Such a server would read the payload as commands.
TEST_F(Dialect, NoPayloadIsSentBeforeItIsKnown) {
    const ClassicRelay relay(server_);
    StoreClient client(relay.spec());
    const Session session("a", "x\r\nflush_all\r\n");
    const auto stored = client.put(session.put(client));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_EQ(payload_of(*client.fetch(session.key)), session.payload);
    for (const std::string& word : relay.unknown()) EXPECT_NE(word, "flush_all");
    EXPECT_TRUE(relay.unknown().empty());
}

TEST_F(Dialect, OnceKnownCostsNoFurtherConnectionNorUnknownCommand) {
    const ClassicRelay relay(server_);
    StoreClient client(relay.spec());
    const Session session("a", "x");
    ASSERT_TRUE(client.put(session.put(client)));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.fetch(session.key));
    EXPECT_EQ(relay.connections(), 2);
    EXPECT_EQ(client.events.connected, 1);
    EXPECT_EQ(client.events.protocol_errors, 0);
}

TEST_F(Dialect, ThatTheListNamesIsSpokenAtOnce) {
    const ClassicRelay relay(server_);
    StoreClient client(spec(relay, "classic"));
    const Session session("a", "x");
    ASSERT_TRUE(client.put(session.put(client)));
    ASSERT_TRUE(client.fetch(session.key));
    EXPECT_EQ(relay.connections(), 1);
    EXPECT_TRUE(relay.unknown().empty());

    StoreClient meta(spec(relay, "meta"));
    const auto refused = meta.fetch(session.key);
    ASSERT_FALSE(refused);
    EXPECT_NE(std::string(refused.error().detail).find("1.6.10 or later is needed"),
              std::string::npos);
}

// As after an upgrade of the server, or from a host that goes around the proxy.
TEST_F(Dialect, WhatIsStoredAndLockedInOneIsSoInTheOther) {
    const ClassicRelay relay(server_);
    const Session session("a", "x");
    StoreClient client(relay.spec());
    ASSERT_TRUE(client.put(session.put(client)));
    StoreClient meta(server_.spec());
    const auto read = meta.fetch(session.key);
    ASSERT_TRUE(read && read->found);
    EXPECT_EQ(payload_of(*read), "x");
    EXPECT_EQ(read->fingerprint, record::fingerprint(session.version));
    const auto lock = meta.lock(session.key, "host:1");
    ASSERT_TRUE(lock);
    EXPECT_EQ(client.lock(session.key, "host:2")->lock, LockState::Held);
    EXPECT_EQ(client.lock(session.key, "host:2")->holder.owner, owner("host:1"));
}

TEST_F(Dialect, WhoseServerTellsNoLimitRefusesWhatIsTooLargeAndKeepsTheOldSession) {
    RealMemcached small{{"-I", "512k"}};
    ClassicRelay relay(small);
    relay.forbid("stats");
    StoreClient client(spec(relay, "classic"));
    const Session old("a", "old");
    ASSERT_TRUE(client.put(old.put(client)));
    const Session large("a", std::string(700'000, 'x'), {2, 2});
    const auto refused = client.put(large.put(client, client.fetch(old.key)->cas));
    ASSERT_FALSE(refused);
    EXPECT_NE(std::string(refused.error().detail).find("too large"), std::string::npos)
        << refused.error().detail;
    EXPECT_EQ(payload_of(*client.fetch(old.key)), "old");
}

// Only the key tells whose an answer is.
TEST_F(Dialect, AnAnswerAboutAnotherKeyEndsTheConnection) {
    const Session session("a", "mine");
    const test::FakeServer server([&](test::FakePeer& peer, int) {
        for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line()) {
            if (line == "version")
                peer.send("VERSION 1.4.15\r\n");
            else
                peer.send("VALUE sm:another 0 1 1\r\nx\r\nEND\r\n");
        }
    });
    StoreSpec spec = server_.spec();
    spec.port = server.port();
    ASSERT_TRUE(spec.own.set(kMemcachedProtocol, "classic"));
    StoreClient client(spec);
    const auto reply = client.fetch(session.key);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::Protocol);
    EXPECT_EQ(client.events.protocol_errors, 1);
}

TEST(ExpiryItem, TellsWhatIsLeftAndNothingOfWhatItDoesNotUnderstand) {
    EXPECT_EQ(ttl_left(expiry_text(600, 1'000'000), 1'000'100), 500);
    EXPECT_EQ(ttl_left(expiry_text(600, 1'000'000), 1'000'600), 0);
    EXPECT_EQ(ttl_left(expiry_text(600, 1'000'000), 2'000'000), 0);
    for (const char* const text : {"", "x", "12x", "-5", "99999999999999999999"})
        EXPECT_EQ(ttl_left(text, 1'000'000), 0) << text;
}

}  // namespace
}  // namespace sessmirror::store
