// SPDX-License-Identifier: BSD-3-Clause
// Locks on a real Redis: who gets them, who may give them up, and that none is left behind.
#ifdef SESSMIRROR_WITH_REDIS

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

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

class RedisLock : public testing::TestWithParam<bool> {
  protected:
    std::string lock_item(const SessionKey& key) {
        return server_.value({"GET", "{" + std::string(key.text()) + "}.l"});
    }
    HeldLock take(const SessionKey& key, std::string_view name) {
        const auto reply = client_.lock(key, name);
        EXPECT_TRUE(reply) << reply.error().detail;
        EXPECT_TRUE(reply && reply->lock == LockState::Granted);
        return reply ? reply->holder : HeldLock{};
    }

    RealRedis server_{{.on_unix_socket = GetParam()}};
    StoreClient client_{server_.spec()};
    const SessionKey key_ = key_of("a");
};

INSTANTIATE_TEST_SUITE_P(Transports, RedisLock, testing::Bool(),
                         [](const auto& kind) { return std::string(kind.param ? "Unix" : "Tcp"); });

TEST_P(RedisLock, IsGrantedToOneOwnerOnlyAndNamesIt) {
    EXPECT_EQ(take(key_, "host:1").owner, owner("host:1"));
    StoreClient other(server_.spec());
    for (const bool contended : {false, true}) {
        other.sink = {};
        other.store().fetch(
            {key_, Want::Version, LockClaim{owner("host:2"), 30, contended}, other.deadline()},
            &other.sink);
        ASSERT_TRUE(other.loop().run_until(other.sink.done, other.deadline()));
        const auto& reply = *other.sink.fetched;
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(reply->lock, LockState::Held);
        EXPECT_EQ(reply->holder.owner, owner("host:1"));
    }
    EXPECT_EQ(other.lock(key_of("b"), "host:2")->lock, LockState::Granted);
    EXPECT_EQ(lock_item(key_), "host:1");
}

TEST_P(RedisLock, ComesWithTheSession) {
    const Session session("a", "x", {7, 7});
    ASSERT_TRUE(client_.put(session.put(client_)));
    for (const char* const name : {"host:1", "host:2"}) {
        const auto reply = client_.lock(key_, name);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_TRUE(reply->found);
        EXPECT_EQ(payload_of(*reply), "x");
        EXPECT_GT(reply->ttl_left_s, 590);
    }
}

TEST_P(RedisLock, IsGrantedAgainToItsOwner) {
    take(key_, "host:1");
    take(key_, "host:1");
    EXPECT_EQ(client_.lock(key_, "host:12")->lock, LockState::Held);
    EXPECT_EQ(client_.lock(key_, "host:")->lock, LockState::Held);
}

TEST_P(RedisLock, IsGivenUpWhenTheSessionCannotBeRead) {
    ASSERT_EQ(server_.command({"RPUSH", std::string(key_.text()), "no session"}), ":1\r\n");
    const auto refused = client_.lock(key_, "host:1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::StoreError);
    ASSERT_TRUE(client_.probe()) << "behind the release";
    EXPECT_EQ(lock_item(key_), "");
}

TEST_P(RedisLock, IsGivenUpWhenNobodyIsLeftWhoWouldDoIt) {
    client_.store().fetch({key_, Want::Value, LockClaim{owner("host:1"), 30}, client_.deadline()},
                          &client_.sink);
    client_.store().forget(&client_.sink);
    ASSERT_TRUE(client_.probe()) << "behind the claim, in front of the release";
    ASSERT_TRUE(client_.probe());
    EXPECT_EQ(client_.sink.fetched, std::nullopt);
    EXPECT_EQ(lock_item(key_), "");
}

TEST_P(RedisLock, IsForgottenWhenItsLeaseEnds) {
    ASSERT_EQ(client_.lock(key_, "host:1", 2)->lock, LockState::Granted);
    EXPECT_EQ(client_.lock(key_, "host:2", 2)->lock, LockState::Held);
    const long left_ms =
        std::atol(server_.value({"PTTL", "{" + std::string(key_.text()) + "}.l"}).c_str());
    EXPECT_GT(left_ms, 0);
    EXPECT_LE(left_ms, 2000);
    const TimePoint limit = client_.deadline();
    LockState state = LockState::Held;
    while (state == LockState::Held && client_.loop().now() < limit)
        state = client_.lock(key_, "host:2")->lock;
    EXPECT_EQ(state, LockState::Granted);
}

TEST_P(RedisLock, IsReleasedByItsOwnerOnly) {
    const HeldLock mine = take(key_, "host:1");
    EXPECT_FALSE(client_.release(key_, {owner("host:2"), 0})->was_ours);
    EXPECT_FALSE(client_.release(key_, {owner("host:2"), mine.cas})->was_ours);
    EXPECT_FALSE(client_.release(key_, {owner("host:12"), mine.cas})->was_ours);
    EXPECT_EQ(client_.lock(key_, "host:3")->lock, LockState::Held);
    EXPECT_TRUE(client_.release(key_, mine)->was_ours);
    EXPECT_FALSE(client_.release(key_, mine)->was_ours);
    take(key_, "host:3");
}

TEST_P(RedisLock, IsBrokenWhenOnlyItsOwnerIsKnown) {
    take(key_, "host:1");
    StoreClient other(server_.spec());
    EXPECT_TRUE(other.release(key_, {owner("host:1"), 0})->was_ours);
    take(key_, "host:2");
}

TEST_P(RedisLock, IsGivenUpWithTheWrite) {
    const Session session("a", "x");
    PutRequest request = session.put(client_);
    request.hint = as_bytes("known");
    request.unlock = take(key_, "host:1");
    const auto stored = client_.put(request);
    ASSERT_TRUE(stored) << stored.error().detail;
    EXPECT_EQ(stored->outcome, PutOutcome::Stored);
    EXPECT_FALSE(stored->lock_lost);
    EXPECT_EQ(lock_item(key_), "");
}

TEST_P(RedisLock, IsGivenUpWithAWriteWhateverItsOutcome) {
    const Session session("a", "x", {1, 1});
    const Session next("a", "y", {2, 2});
    PutRequest missing = next.put(client_, 99);
    missing.unlock = HeldLock{take(key_, "host:1").owner, 0};
    auto reply = client_.put(missing);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->outcome, PutOutcome::Missing);
    EXPECT_FALSE(reply->lock_lost);
    EXPECT_EQ(lock_item(key_), "");

    ASSERT_TRUE(client_.put(session.put(client_)));
    for (const Cas expected : {Cas{0}, Cas{99}}) {
        PutRequest conflict = next.put(client_, expected);
        conflict.unlock = take(key_, "host:1");
        reply = client_.put(conflict);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(reply->outcome, PutOutcome::Conflict);
        EXPECT_FALSE(reply->lock_lost);
        EXPECT_EQ(lock_item(key_), "");
    }
}

TEST_P(RedisLock, ThatWasLostIsToldAndTheNextOwnersStays) {
    const Session session("a", "x", {1, 1});
    const HeldLock mine = take(key_, "host:1");
    ASSERT_TRUE(client_.release(key_, mine)->was_ours);
    PutRequest request = session.put(client_);
    request.unlock = mine;
    auto reply = client_.put(request);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->outcome, PutOutcome::Stored);
    EXPECT_TRUE(reply->lock_lost) << "nobody has it";

    take(key_, "host:2");
    const Session next("a", "y", {2, 2});
    request = next.put(client_, reply->cas);
    request.unlock = mine;
    reply = client_.put(request);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->outcome, PutOutcome::Stored);
    EXPECT_TRUE(reply->lock_lost) << "somebody else has it";
    EXPECT_EQ(lock_item(key_), "host:2");
}

TEST_P(RedisLock, OfAWriteWithoutOneStays) {
    take(key_, "host:1");
    const Session session("a", "x");
    const auto reply = client_.put(session.put(client_));
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_FALSE(reply->lock_lost);
    EXPECT_EQ(lock_item(key_), "host:1");
}

TEST_P(RedisLock, IsGivenUpWhenTheSessionIsTooLarge) {
    const Session huge("a", std::string((16u << 20) + 1, 'z'));
    PutRequest request = huge.put(client_);
    request.unlock = take(key_, "host:1");
    const auto refused = client_.put(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::TooLarge);
    take(key_, "host:2");
}

// By the time that the server wakes up, nobody is there who would give it up.
TEST_P(RedisLock, ThatWasClaimedTooLateIsNotLeftBehind) {
    ASSERT_TRUE(client_.probe());
    for (const Duration patience :
         {Duration(milliseconds(60)), Duration(std::chrono::seconds(5))}) {
        server_.stop();
        client_.patience = patience;  // its own, and the store's
        const auto lost = client_.lock(key_, "host:1");
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().code,
                  patience < std::chrono::seconds(1) ? Errc::OutOfTime : Errc::Timeout);
        server_.resume();
        client_.patience = std::chrono::seconds(10);
        // The server takes connections in any order, so it may come to the claim only now.
        const TimePoint limit = client_.deadline();
        const auto clients = [&] {
            const std::string list = server_.value({"CLIENT", "LIST"});
            std::size_t count = 0;
            for (std::size_t at = 0; (at = list.find(" addr=", at)) != std::string::npos; ++at)
                ++count;
            return count;
        };
        while (clients() != 1 && client_.loop().now() < limit) {
        }
        EXPECT_EQ(clients(), 1u) << "the connection of the claim is still there";
        EXPECT_EQ(lock_item(key_), "");
        const auto other = client_.lock(key_, "host:2");
        ASSERT_TRUE(other) << other.error().detail;
        EXPECT_EQ(other->lock, LockState::Granted);
        EXPECT_TRUE(client_.release(key_, other->holder)->was_ours);
    }
}

// It was held before, and the owner asked once more.
TEST_P(RedisLock, OfAnotherIsNotTakenAwayByAClaimThatTimedOut) {
    take(key_, "host:1");
    server_.stop();
    EXPECT_EQ(client_.lock(key_, "host:2").error().code, Errc::Timeout);
    server_.resume();
    EXPECT_EQ(client_.lock(key_, "host:3")->lock, LockState::Held);
    EXPECT_EQ(lock_item(key_), "host:1");
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_REDIS
