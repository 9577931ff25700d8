// SPDX-License-Identifier: BSD-3-Clause
// The store against a real memcached: what the server does is part of what is promised here.
#include <gtest/gtest.h>

#include <poll.h>

#include <string>

#include "base/text.h"
#include "store/lock_item.h"
#include "store/memcached/engine.h"
#include "store/memcached/withdrawals.h"
#include "support/real_memcached.h"
#include "support/store_client.h"

namespace sessmirror::store {
namespace {

using test::key_of;
using test::owner;
using test::payload_of;
using test::RealMemcached;
using test::Session;
using test::StoreClient;

// What lies beside a session that is there.
std::string hint_of(StoreClient& client, const SessionKey& key) {
    const auto reply = client.fetch(key, Want::Value, true);
    EXPECT_TRUE(reply && payload_of(*reply) == "x");
    return reply ? std::string(as_text(reply->hint)) : std::string("(none)");
}

struct Way {
    const char* name;
    bool on_unix_socket;
    const char* protocol;
};

// Over both transports, in both dialects.
class MemcachedStore : public testing::TestWithParam<Way> {
  protected:
    [[nodiscard]] bool is_classic() const {
        return std::string_view(GetParam().protocol) == "classic";
    }
    [[nodiscard]] StoreSpec spec() const {
        StoreSpec spec = server_.spec();
        EXPECT_TRUE(spec.own.set(kMemcachedProtocol, GetParam().protocol));
        return spec;
    }
    // The classic dialect does not tell what it has stored.
    Cas cas_of(const PutReply& stored, const SessionKey& key) {
        EXPECT_EQ(stored.cas == 0, is_classic());
        return stored.cas != 0 ? stored.cas : client_.fetch(key)->cas;
    }

    // The item of a split session's chunk; empty when there is none.
    std::string chunk_name(int chunk) {
        const std::string items = server_.ask("lru_crawler metadump all\r\n", "END\r\n");
        const std::size_t end = items.find("." + std::to_string(chunk) + " exp=");
        if (end == std::string::npos) return {};
        const std::size_t begin = items.rfind("key=", end) + 4;
        return percent_decoded(items.substr(begin, end + 2 - begin)).value_or("");
    }

    RealMemcached server_{{}, GetParam().on_unix_socket};
    StoreClient client_{spec()};
};

INSTANTIATE_TEST_SUITE_P(Ways, MemcachedStore,
                         testing::Values(Way{"Tcp", false, "auto"}, Way{"Unix", true, "meta"},
                                         Way{"ClassicTcp", false, "classic"},
                                         Way{"ClassicUnix", true, "classic"}),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST_P(MemcachedStore, ReportsAnUnknownSessionAsNotFound) {
    const auto reply = client_.fetch(key_of("nobody"));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->found);
    EXPECT_EQ(reply->lock, LockState::NotAsked);
}

TEST_P(MemcachedStore, ReturnsWhatWasStored) {
    const Session session("a", "cart|i:7;", {77, 99});
    const auto stored = client_.put(session.put(client_));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    const Cas cas = cas_of(*stored, session.key);
    EXPECT_NE(cas, 0u);

    const auto reply = client_.fetch(session.key);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_TRUE(reply->found);
    EXPECT_EQ(reply->cas, cas);
    EXPECT_EQ(reply->fingerprint, record::fingerprint({77, 99}));
    EXPECT_GT(reply->ttl_left_s, 590);
    EXPECT_LE(reply->ttl_left_s, 600);
    EXPECT_EQ(payload_of(*reply), "cart|i:7;");
}

// Received where it stays; what comes with its line goes another way.
TEST_P(MemcachedStore, ReturnsALargeSessionAsItWasStored) {
    std::string payload(900'000, ' ');
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>('a' + (i / 7 + i / 1000) % 26);
    const Session session("a", payload, {77, 99});
    ASSERT_TRUE(client_.put(session.put(client_)));
    for (int i = 0; i < 3; ++i) {
        const auto reply = client_.fetch(session.key);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_TRUE(payload_of(*reply) == payload);
    }
}

TEST_P(MemcachedStore, AnswersAVersionProbeWithoutTheValue) {
    const Session session("a", "x", {5, 6});
    ASSERT_TRUE(client_.put(session.put(client_)));
    const auto reply = client_.fetch(session.key, Want::Version);
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->found);
    EXPECT_TRUE(reply->value.empty());
    EXPECT_EQ(reply->fingerprint, record::fingerprint({5, 6}));
}

TEST_P(MemcachedStore, TellsAnEmptyValueFromOneThatWasNotRead) {
    const std::string name(key_of("a").text());
    ASSERT_EQ(server_.ask("set " + name + " 0 100 0\r\n\r\nmn\r\n"), "STORED\r\nMN\r\n");
    const auto read = client_.fetch(key_of("a"));
    ASSERT_TRUE(read && read->found);
    EXPECT_TRUE(read->has_value);
    EXPECT_TRUE(read->value.empty());
    EXPECT_FALSE(client_.fetch(key_of("a"), Want::Version)->has_value);
    EXPECT_FALSE(client_.fetch(key_of("nobody"))->has_value);
}

// Opaques come again after a thousand commands.
TEST_P(MemcachedStore, AConnectionServesThousandsOfCommands) {
    const Session session("a", "x", {5, 6});
    ASSERT_TRUE(client_.put(session.put(client_)));
    for (int i = 0; i < 2'500; ++i) {
        const auto reply = client_.fetch(session.key, Want::Version);
        ASSERT_TRUE(reply) << reply.error().detail;
    }
}

TEST_P(MemcachedStore, StoresByCompareAndSetOnly) {
    const Session first("a", "one", {1, 1});
    const Session second("a", "two", {2, 2});
    const auto stored = client_.put(first.put(client_));
    ASSERT_TRUE(stored);
    const Cas cas = cas_of(*stored, first.key);
    EXPECT_EQ(client_.put(second.put(client_))->outcome, PutOutcome::Conflict);
    EXPECT_EQ(client_.put(second.put(client_, cas + 1000))->outcome, PutOutcome::Conflict);
    EXPECT_EQ(payload_of(*client_.fetch(first.key)), "one");
    EXPECT_EQ(client_.put(second.put(client_, cas))->outcome, PutOutcome::Stored);
    EXPECT_EQ(payload_of(*client_.fetch(first.key)), "two");
    EXPECT_EQ(client_.put(Session("b", "x").put(client_, 4711))->outcome, PutOutcome::Missing);
}

TEST_P(MemcachedStore, GrantsALockToOneOwnerOnly) {
    const auto mine = client_.lock(key_of("a"), "host:1");
    ASSERT_TRUE(mine) << mine.error().detail;
    EXPECT_EQ(mine->lock, LockState::Granted);
    const auto other = client_.lock(key_of("a"), "host:2");
    ASSERT_TRUE(other);
    EXPECT_EQ(other->lock, LockState::Held);
    EXPECT_EQ(other->holder.owner, owner("host:1"));
    EXPECT_EQ(client_.lock(key_of("b"), "host:2")->lock, LockState::Granted);
}

TEST_P(MemcachedStore, ReleasesOnlyTheOwnersLock) {
    const auto mine = client_.lock(key_of("a"), "host:1");
    ASSERT_TRUE(mine);
    EXPECT_FALSE(client_.release(key_of("a"), {owner("host:2"), 0})->was_ours);
    EXPECT_FALSE(client_.release(key_of("a"), {owner("host:2"), mine->holder.cas + 9})->was_ours);
    EXPECT_EQ(client_.lock(key_of("a"), "host:3")->lock, LockState::Held);
    EXPECT_TRUE(client_.release(key_of("a"), mine->holder)->was_ours);
    EXPECT_FALSE(client_.release(key_of("a"), mine->holder)->was_ours);
    EXPECT_EQ(client_.lock(key_of("a"), "host:3")->lock, LockState::Granted);
}

TEST_P(MemcachedStore, AWithdrawalLeavesTheLockOfAnotherAsItIs) {
    const Session session("a", "x");
    const auto mine = client_.lock(session.key, "host:1");
    ASSERT_TRUE(mine);
    for (const char* const other : {"host:8", "host:9"})
        ASSERT_NE(server_.ask(withdrawal_commands({session.key, owner(other)}), "HD O2\r\n"), "");
    const auto refused = client_.lock(session.key, "host:2");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->lock, LockState::Held);
    EXPECT_EQ(refused->holder.owner, owner("host:1"));
    EXPECT_EQ(refused->holder.cas, mine->holder.cas);
    EXPECT_TRUE(client_.release(session.key, mine->holder)->was_ours);
}

TEST_P(MemcachedStore, AnyoneMayTakeALockWhoseOwnerHasWithdrawn) {
    for (const char* const name : {"host:1", "host:2"}) {
        ASSERT_EQ(client_.lock(key_of("a"), name)->lock, LockState::Granted);
        ASSERT_NE(server_.ask(withdrawal_commands({key_of("a"), owner(name)}), "HD O2\r\n"), "");
    }
    EXPECT_EQ(client_.lock(key_of("a"), "host:3")->lock, LockState::Granted);
    EXPECT_EQ(client_.lock(key_of("a"), "host:4")->lock, LockState::Held);
}

TEST_P(MemcachedStore, BreaksALockOfWhichOnlyTheOwnerIsKnown) {
    ASSERT_TRUE(client_.lock(key_of("a"), "host:1"));
    EXPECT_TRUE(client_.release(key_of("a"), {owner("host:1"), 0})->was_ours);
    EXPECT_EQ(client_.lock(key_of("a"), "host:2")->lock, LockState::Granted);
}

TEST_P(MemcachedStore, WritesAndUnlocksInOnePacket) {
    const Session session("a", "x");
    const auto mine = client_.lock(session.key, "host:1");
    ASSERT_TRUE(mine);
    PutRequest request = session.put(client_);
    request.unlock = mine->holder;
    const auto stored = client_.put(request);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_FALSE(stored->lock_lost);
    EXPECT_EQ(client_.lock(session.key, "host:2")->lock, LockState::Granted);
}

TEST_P(MemcachedStore, TellsThatALockWasLostBeforeTheWrite) {
    const Session session("a", "x");
    const auto mine = client_.lock(session.key, "host:1");
    ASSERT_TRUE(mine);
    ASSERT_TRUE(client_.release(session.key, mine->holder)->was_ours);
    PutRequest request = session.put(client_);
    request.unlock = mine->holder;
    EXPECT_TRUE(client_.put(request)->lock_lost);
}

TEST_P(MemcachedStore, KeepsAHintBesideTheItem) {
    const Session session("a", "x");
    PutRequest request = session.put(client_);
    request.hint = as_bytes("known");
    const auto mine = client_.lock(session.key, "host:1");
    ASSERT_TRUE(mine);
    request.unlock = mine->holder;
    const auto stored = client_.put(request);
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_FALSE(stored->lock_lost);
    const Cas cas = cas_of(*stored, session.key);
    EXPECT_EQ(hint_of(client_, session.key), "known");
    client_.store().leave_hint(session.key, as_bytes("known later"), 60);
    EXPECT_EQ(hint_of(client_, session.key), "known later");
    EXPECT_EQ(client_.fetch(session.key)->cas, cas);
}

TEST_P(MemcachedStore, AHintWaitsForTheNextPacketOrUntilNoPageWaits) {
    const Session session("a", "x");
    ASSERT_TRUE(client_.put(session.put(client_)));
    StoreClient other(spec());
    const auto hint = [&] { return hint_of(other, session.key); };
    client_.store().leave_hint(session.key, as_bytes("first"), 60);
    EXPECT_EQ(hint(), "");
    ASSERT_TRUE(client_.fetch(key_of("another session")));
    EXPECT_EQ(hint(), "first");

    client_.store().leave_hint(session.key, as_bytes("second"), 60);
    EXPECT_EQ(hint(), "first");
    client_.store().flush();
    const TimePoint limit = client_.deadline();
    while (hint() != "second" && client_.loop().now() < limit) {
    }
    EXPECT_EQ(hint(), "second");
    EXPECT_TRUE(client_.fetch(session.key));  // its answer was not taken for another's
}

TEST_P(MemcachedStore, AHintThatWaitsIsLostWithItsConnection) {
    ASSERT_TRUE(client_.fetch(key_of("a")));
    client_.store().leave_hint(key_of("a"), as_bytes("gone"), 60);
    server_.kill();
    server_.start();
    EXPECT_TRUE(client_.fetch(key_of("a")));
    client_.store().flush();
    EXPECT_TRUE(client_.fetch(key_of("a")));
    EXPECT_EQ(client_.events.protocol_errors, 0);
}

TEST_P(MemcachedStore, SetsTheLifetimeByTouching) {
    const Session session("a", "x");
    ASSERT_TRUE(client_.put(session.put(client_)));
    EXPECT_TRUE(client_.touch(session.key, 5000)->found);
    EXPECT_GT(client_.fetch(session.key)->ttl_left_s, 4990);
    EXPECT_FALSE(client_.touch(key_of("nobody"), 5000)->found);
}

TEST_P(MemcachedStore, KeepsALifetimeBeyondThirtyDays) {
    constexpr std::uint32_t kSixtyDays = 60 * 86400;
    const Session small("a", "x");
    const Session split("big", std::string(3'000'000, 'x'), {9, 8});
    for (const Session& session : {small, split}) {
        auto request = session.put(client_);
        request.ttl_s = kSixtyDays;
        ASSERT_TRUE(client_.put(request));
        EXPECT_GT(client_.fetch(session.key)->ttl_left_s, kSixtyDays - 10);
        EXPECT_TRUE(client_.touch(session.key, kSixtyDays + 86400)->found);
        EXPECT_GT(client_.fetch(session.key)->ttl_left_s, kSixtyDays + 86400 - 10);
        // Its clock and this one tick at their own times.
        EXPECT_LE(client_.fetch(session.key)->ttl_left_s, kSixtyDays + 86400 + 2);
        EXPECT_TRUE(payload_of(*client_.fetch(session.key)) == session.payload);
    }
}

// memcached deletes what it had when it refuses a value for its size, so none may be refused.
class MemcachedItemLimit : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Dialects, MemcachedItemLimit, testing::Values("meta", "classic"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST_P(MemcachedItemLimit, EverySizeIsStoredUnderASmallLimit) {
    for (const char* limit : {"16k", "32k", "48k"}) {
        RealMemcached server{{"-I", limit, "-o", "slab_chunk_max=8192"}};
        StoreSpec spec = server.spec();
        ASSERT_TRUE(spec.own.set(kMemcachedProtocol, GetParam()));
        StoreClient client{spec};
        Cas cas = 0;
        std::uint32_t generation = 0;
        for (std::size_t size = 12'000; size < 70'000; size += 997) {
            const Session session("a", std::string(size, 'x'), {++generation, 1});
            const auto stored = client.put(session.put(client, cas));
            ASSERT_TRUE(stored) << limit << ' ' << size << ": " << stored.error().detail;
            ASSERT_EQ(stored->outcome, PutOutcome::Stored) << limit << ' ' << size;
            const auto read = client.fetch(session.key);
            ASSERT_EQ(payload_of(*read).size(), size) << limit;
            cas = read->cas;
        }
    }
}

TEST_P(MemcachedStore, SplitsASessionAboveTheItemLimitAndJoinsItAgain) {
    std::string content(3'500'000, 'x');
    for (std::size_t i = 0; i < content.size(); i += 997) content[i] = static_cast<char>(i);
    const Session session("big", content, {9, 8});
    const auto stored = client_.put(session.put(client_));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    const Cas cas = cas_of(*stored, session.key);
    const auto reply = client_.fetch(session.key);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->fingerprint, record::fingerprint({9, 8}));
    EXPECT_TRUE(payload_of(*reply) == content);

    EXPECT_TRUE(client_.touch(session.key, 9000)->found);
    const Session next("big", "small again", {10, 1});
    EXPECT_EQ(client_.put(next.put(client_, cas))->outcome, PutOutcome::Stored);
    EXPECT_EQ(payload_of(*client_.fetch(session.key)), "small again");
    EXPECT_EQ(chunk_name(0) + chunk_name(1), "") << "the replaced chunks are still there";
}

TEST_P(MemcachedStore, ASplitSessionThatLostAChunkIsAbsentAndCanBeReplaced) {
    const Session session("big", std::string(2'500'000, 'y'), {9, 8});
    ASSERT_TRUE(client_.put(session.put(client_)));
    ASSERT_EQ(server_.ask("md " + chunk_name(1) + "\r\n"), "HD\r\n");
    const auto reply = client_.fetch(session.key);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->found);
    EXPECT_FALSE(client_.touch(session.key, 900)->found) << "an incomplete copy is no copy";
    const Session next("big", "small", {10, 1});
    EXPECT_EQ(client_.put(next.put(client_))->outcome, PutOutcome::Conflict);
    EXPECT_EQ(client_.put(next.put(client_, reply->cas))->outcome, PutOutcome::Stored);
    EXPECT_EQ(payload_of(*client_.fetch(session.key)), "small");
}

// Two hosts that refill one store copy the same version: the one that comes second must not take
// the first one's chunks away.
TEST_P(MemcachedStore, WhoLosesWithTheSameVersionLeavesTheWinnersChunks) {
    const Session session("big", std::string(2'500'000, 'y'), {9, 8});
    StoreClient other(spec());
    ASSERT_EQ(client_.put(session.put(client_))->outcome, PutOutcome::Stored);
    ASSERT_EQ(other.put(session.put(other))->outcome, PutOutcome::Conflict);
    ASSERT_TRUE(other.fetch(session.key)) << "what the loser erases is erased";
    const auto reply = client_.fetch(session.key);
    ASSERT_TRUE(reply && reply->found);
    EXPECT_TRUE(payload_of(*reply) == session.payload);
}

TEST_P(MemcachedStore, RefusesASessionAboveTheLimitAndKeepsTheOldOne) {
    const Session session("a", "old");
    const auto stored = client_.put(session.put(client_));
    ASSERT_TRUE(stored);
    const Session huge("a", std::string((16u << 20) + 1, 'z'), {2, 2});
    const auto refused = client_.put(huge.put(client_, cas_of(*stored, session.key)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::TooLarge);
    EXPECT_EQ(payload_of(*client_.fetch(session.key)), "old");
}

TEST_P(MemcachedStore, ARestartOfTheStoreCostsNoError) {
    ASSERT_TRUE(client_.fetch(key_of("a")));
    server_.kill();
    server_.start();
    const auto reply = client_.lock(key_of("a"), "host:1");
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->lock, LockState::Granted);
    EXPECT_EQ(client_.events.connected, 2);

    server_.kill();
    server_.start();
    const auto stored = client_.put(Session("a", "x").put(client_));
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
}

TEST_P(MemcachedStore, ALockClaimThatTimedOutDoesNotLockLater) {
    ASSERT_TRUE(client_.probe());
    server_.stop();
    client_.patience = milliseconds(60);
    const auto lost = client_.lock(key_of("a"), "host:1");
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Errc::OutOfTime);
    server_.resume();
    client_.patience = std::chrono::seconds(10);

    // The ghost appears and is recognised, whenever the store comes to it.
    const TimePoint give_up = client_.loop().now() + std::chrono::seconds(10);
    const std::string ghost = "mg " + std::string(key_of("a").text()) + ".l v\r\n";
    std::string item;
    while (!item.starts_with("VA") && client_.loop().now() < give_up)
        item = server_.ask(ghost, "\r\n");
    ASSERT_NE(item.find("host:1"), std::string::npos) << "the claim never took effect: " << item;
    const auto other = client_.lock(key_of("a"), "host:2");
    ASSERT_TRUE(other) << other.error().detail;
    EXPECT_EQ(other->lock, LockState::Granted);
}

}  // namespace
}  // namespace sessmirror::store
