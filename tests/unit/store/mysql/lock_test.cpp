// SPDX-License-Identifier: BSD-3-Clause
// Locks on a real MariaDB: who gets them, who may give them up, and that none is left behind.
#ifdef SESSMIRROR_WITH_MYSQL

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "support/mysql_relay.h"
#include "support/mysql_test.h"

namespace sessmirror::store {
namespace {

using std::chrono::seconds;
using test::key_of;
using test::MysqlStoreClient;
using test::owner;
using test::payload_of;
using test::Session;

class MysqlLock : public test::MysqlTest {
  protected:
    // Whose it is now; "" for nobody's.
    std::string holder() const {
        return field(key_, "IF(lock_until>UNIX_TIMESTAMP(),lock_owner,'')");
    }
    HeldLock taken(std::string_view name) {
        const auto reply = client_.lock(key_, name);
        EXPECT_TRUE(reply) << reply.error().detail;
        EXPECT_TRUE(reply && reply->lock == LockState::Granted);
        return reply ? reply->holder : HeldLock{};
    }
    PutReply put(const Session& session, Cas expected, const HeldLock& unlock) {
        PutRequest request = session.put(client_, expected);
        request.unlock = unlock;
        const auto reply = client_.put(request);
        EXPECT_TRUE(reply) << reply.error().detail;
        return reply ? *reply : PutReply{};
    }

    MysqlStoreClient client_{target()};
    const SessionKey key_ = key_of("a");
};

TEST_F(MysqlLock, IsGrantedToOneOwnerWhoIsNamedToOthers) {
    EXPECT_EQ(taken("host:1").owner, owner("host:1"));
    MysqlStoreClient other(target());
    for (const char* const name : {"host:2", "host:", "host:12"}) {
        const auto reply = other.lock(key_, name);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(reply->lock, LockState::Held);
        EXPECT_EQ(reply->holder.owner, owner("host:1"));
    }
    EXPECT_EQ(other.lock(key_of("b"), "host:2")->lock, LockState::Granted);
    taken("host:1");
    EXPECT_EQ(holder(), "host:1");
}

TEST_F(MysqlLock, ComesWithTheSession) {
    const Session session("a", "x", {7, 7});
    ASSERT_TRUE(client_.put(session.put(client_)));
    for (const char* const name : {"host:1", "host:2"}) {
        const auto reply = client_.lock(key_, name);
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_TRUE(reply->found);
        EXPECT_EQ(payload_of(*reply), "x");
    }
}

TEST_F(MysqlLock, IsForgottenWhenItsLeaseEndsAndNotBefore) {
    const TimePoint start = client_.loop().now();
    ASSERT_EQ(client_.lock(key_, "host:1", 1)->lock, LockState::Granted);
    LockState state = LockState::Held;
    while (state == LockState::Held && client_.loop().now() < start + seconds(10))
        state = client_.lock(key_, "host:2")->lock;
    EXPECT_EQ(state, LockState::Granted);
    EXPECT_GE(client_.loop().now() - start, seconds(1));
}

TEST_F(MysqlLock, IsReleasedByItsOwnerOnlyAndOnce) {
    const HeldLock mine = taken("host:1");
    EXPECT_FALSE(client_.release(key_, {owner("host:2"), 0})->was_ours);
    EXPECT_FALSE(client_.release(key_, {owner("host:12"), 0})->was_ours);
    EXPECT_EQ(holder(), "host:1");
    MysqlStoreClient other(target());
    EXPECT_TRUE(other.release(key_, mine)->was_ours) << "whoever knows the owner may break it";
    EXPECT_FALSE(client_.release(key_, mine)->was_ours);
    taken("host:3");
}

TEST_F(MysqlLock, IsGivenUpWithAWriteWhateverItsOutcome) {
    const Session session("a", "x", {1, 1});
    const Session next("a", "y", {2, 2});
    PutReply reply = put(next, 99, taken("host:1"));
    EXPECT_EQ(reply.outcome, PutOutcome::Missing);
    EXPECT_FALSE(reply.lock_lost);
    EXPECT_EQ(holder(), "");
    reply = put(session, 0, taken("host:1"));
    EXPECT_EQ(reply.outcome, PutOutcome::Stored);
    EXPECT_FALSE(reply.lock_lost);
    EXPECT_EQ(holder(), "");
    for (const Cas expected : {Cas{0}, Cas{99}}) {
        const PutReply conflict = put(next, expected, taken("host:1"));
        EXPECT_EQ(conflict.outcome, PutOutcome::Conflict);
        EXPECT_FALSE(conflict.lock_lost);
        EXPECT_EQ(holder(), "");
    }
    reply = put(next, reply.cas, taken("host:1"));
    EXPECT_EQ(reply.outcome, PutOutcome::Stored);
    EXPECT_FALSE(reply.lock_lost);
    EXPECT_EQ(holder(), "");
}

TEST_F(MysqlLock, ThatWasLostIsToldAndTheNextOwnersStays) {
    const HeldLock mine = taken("host:1");
    ASSERT_TRUE(client_.release(key_, mine)->was_ours);
    const PutReply first = put(Session("a", "x", {1, 1}), 0, mine);
    EXPECT_EQ(first.outcome, PutOutcome::Stored);
    EXPECT_TRUE(first.lock_lost) << "nobody has it";
    taken("host:2");
    const PutReply second = put(Session("a", "y", {2, 2}), first.cas, mine);
    EXPECT_EQ(second.outcome, PutOutcome::Stored);
    EXPECT_TRUE(second.lock_lost) << "somebody else has it";
    EXPECT_EQ(holder(), "host:2");
    EXPECT_TRUE(put(Session("b", "x"), 0, mine).lock_lost) << "of a session that is nowhere";
}

TEST_F(MysqlLock, OfAWriteWithoutOneStays) {
    taken("host:1");
    const Session session("a", "x");
    ASSERT_TRUE(client_.put(session.put(client_)));
    EXPECT_EQ(holder(), "host:1");
}

TEST_F(MysqlLock, IsGivenUpWhenTheSessionIsTooLarge) {
    const Session huge("a", std::string((16u << 20) + 1, 'z'));
    const Session quotes("a", std::string(10u << 20, '\''));
    for (const Session* const session : {&huge, &quotes}) {
        PutRequest request = session->put(client_);
        request.unlock = taken("host:1");
        EXPECT_EQ(client_.put(request).error().code, Errc::TooLarge);
        taken("host:2");
        ASSERT_TRUE(client_.release(key_, {owner("host:2"), 0}));
    }
}

TEST_F(MysqlLock, IsGivenUpWhenNobodyIsLeftWhoWouldDoIt) {
    client_.store().fetch({key_, Want::Value, LockClaim{owner("host:1"), 30}, client_.deadline()},
                          &client_.sink);
    client_.store().forget(&client_.sink);
    ASSERT_TRUE(client_.probe()) << "behind the claim, in front of the release";
    ASSERT_TRUE(client_.probe());
    EXPECT_EQ(holder(), "");
}

// By the time that the server wakes up, nobody is there who would give it up.
TEST_F(MysqlLock, ThatWasClaimedTooLateIsNotLeftBehind) {
    MysqlStoreClient hasty(target(),
                           {.connect_timeout = seconds(5), .io_timeout = milliseconds(200)});
    const auto others = [] {
        return server().run(
            "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
            "WHERE DB='app' AND ID<>CONNECTION_ID()");
    };
    for (const Duration patience : {Duration(milliseconds(60)), Duration(seconds(5))}) {
        hasty.patience = seconds(5);
        ASSERT_TRUE(hasty.probe());
        server().stop();
        hasty.patience = patience;  // its own, and the store's
        const auto lost = hasty.lock(key_, "host:1");
        server().resume();
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().code, patience < seconds(1) ? Errc::OutOfTime : Errc::Timeout)
            << lost.error().detail;
        // Until the server has come to the claim, and found its connection at its end.
        const TimePoint limit = client_.deadline();
        std::string left = others();
        while (left != "0" && client_.loop().now() < limit) left = others();
        EXPECT_EQ(left, "0") << "the connection of the claim is still there";
        EXPECT_EQ(holder(), "");
    }
}

// It was carried out in time, but its answer was lost: the next connection gives it up.
TEST_F(MysqlLock, ThatNobodyHeardOfIsWithdrawnByTheNextConnection) {
    std::atomic<bool> is_deaf = false;
    test::MysqlRelay relay(server(), [&](std::string& bytes, int) {
        if (is_deaf) bytes.clear();
        return true;
    });
    MysqlStoreClient hasty(relay.target(target().table),
                           {.connect_timeout = seconds(5), .io_timeout = milliseconds(200)});
    ASSERT_TRUE(hasty.probe());
    is_deaf = true;
    EXPECT_EQ(hasty.lock(key_, "host:1").error().code, Errc::Timeout);
    is_deaf = false;
    EXPECT_EQ(holder(), "host:1");
    const TimePoint limit = client_.deadline();
    while (!holder().empty() && client_.loop().now() < limit) {
        hasty.store().flush();
        hasty.loop().run_ready();
    }
    EXPECT_EQ(holder(), "");
}

TEST_F(MysqlLock, OfAnotherIsNotTakenAwayByAClaimThatTimedOut) {
    taken("host:1");
    MysqlStoreClient hasty(target(),
                           {.connect_timeout = seconds(5), .io_timeout = milliseconds(200)});
    ASSERT_TRUE(hasty.probe());
    server().stop();
    EXPECT_EQ(hasty.lock(key_, "host:2").error().code, Errc::Timeout);
    server().resume();
    const TimePoint limit = hasty.deadline();
    Status probed = hasty.probe();
    while (!probed && hasty.loop().now() < limit) probed = hasty.probe();
    EXPECT_EQ(hasty.lock(key_, "host:3")->lock, LockState::Held);
    EXPECT_EQ(holder(), "host:1");
}

// Somebody else has the row itself: an administrator, a backup.
TEST_F(MysqlLock, OfARowThatIsLockedByTheServerIsOthersUntilItIsFree) {
    const Session session("a", "x", {1, 1});
    ASSERT_TRUE(client_.put(session.put(client_)));
    MysqlStoreClient hasty(target(),
                           {.connect_timeout = seconds(5), .io_timeout = milliseconds(300)});
    ASSERT_TRUE(hasty.probe());
    test::BlockedRow blocked(server(), target().table, key_);
    const auto reply = hasty.lock(key_, "host:1");
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->lock, LockState::Held);
    EXPECT_EQ(payload_of(*reply), "x") << "reading waits for nobody";
    const Session next("a", "y", {2, 2});
    const auto conflict = hasty.put(next.put(hasty, hasty.store().predicted_cas({1, 1})));
    ASSERT_TRUE(conflict) << conflict.error().detail;
    EXPECT_EQ(conflict->outcome, PutOutcome::Conflict) << "read again";
    blocked.end();
    EXPECT_EQ(hasty.lock(key_, "host:1")->lock, LockState::Granted);
    EXPECT_EQ(hasty.events.connected, 1) << "no connection was lost by it";
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_MYSQL
