// SPDX-License-Identifier: BSD-3-Clause
// The embedded store's promises to one worker, against a real LMDB.
#ifdef SESSMIRROR_WITH_LMDB

#include <gtest/gtest.h>

#include <string>

#include "store/embedded/inventory.h"
#include "support/embedded_client.h"

namespace sessmirror::store {
namespace {

using test::EmbeddedDirectory;
using test::key_of;
using test::owner;
using test::payload_of;
using test::Session;
using test::StoreClient;

class Lmdb : public ::testing::Test {
  protected:
    // The CAS of what was stored.
    Cas put(const Session& session, Cas expected = 0, std::uint32_t ttl_s = 600) {
        auto request = session.put(*client_, expected);
        request.ttl_s = ttl_s;
        const auto reply = client_->put(request);
        EXPECT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(reply->outcome, PutOutcome::Stored);
        return reply->cas;
    }
    PutOutcome outcome(const Session& session, Cas expected) {
        const auto reply = client_->put(session.put(*client_, expected));
        EXPECT_TRUE(reply) << reply.error().detail;
        return reply->outcome;
    }
    void pass(std::uint32_t seconds) { files_.clock.unix += seconds; }

    EmbeddedDirectory files_;
    std::unique_ptr<StoreClient> client_ = files_.client();
};

TEST_F(Lmdb, KeepsWhatWasStoredForOtherWorkersAndLaterOnes) {
    put(Session("a", "content"));
    EXPECT_EQ(payload_of(*files_.client()->fetch(key_of("a"))), "content");
    client_.reset();
    EXPECT_EQ(payload_of(*files_.client()->fetch(key_of("a"))), "content");
}

TEST_F(Lmdb, ReportsAMissAsSuch) {
    const auto reply = client_->fetch(key_of("nobody"));
    ASSERT_TRUE(reply);
    EXPECT_FALSE(reply->found);
    EXPECT_TRUE(reply->value.empty());
}

TEST_F(Lmdb, TellsVersionAndLifetimeWithoutTheValue) {
    const Session session("a", "content", {7, 9});
    put(session, 0, 100);
    pass(40);
    const auto reply = client_->fetch(session.key, Want::Version);
    ASSERT_TRUE(reply && reply->found);
    EXPECT_FALSE(reply->has_value);
    EXPECT_TRUE(reply->value.empty());
    EXPECT_TRUE(client_->fetch(session.key)->has_value);
    EXPECT_EQ(reply->fingerprint, record::fingerprint(session.version));
    EXPECT_EQ(reply->ttl_left_s, 60);
}

TEST_F(Lmdb, ASinkIsToldFromTheLoopAndNeverInsideTheCall) {
    test::CollectingSink sink;
    client_->store().fetch({key_of("a"), Want::Value, std::nullopt, client_->deadline()}, &sink);
    EXPECT_EQ(sink.answers, 0);
    EXPECT_TRUE(client_->loop().run_until(sink.done, client_->deadline()));
    EXPECT_EQ(sink.answers, 1);
}

TEST_F(Lmdb, ASinkThatWasForgottenIsNotTold) {
    test::CollectingSink forgotten;
    test::CollectingSink told;
    auto& store = client_->store();
    store.probe(client_->deadline(), &forgotten);
    store.probe(client_->deadline(), &told);
    store.forget(&forgotten);
    EXPECT_TRUE(client_->loop().run_until(told.done, client_->deadline()));
    EXPECT_EQ(forgotten.answers, 0);
}

TEST_F(Lmdb, StoresWhereAbsentOnlyOnce) {
    put(Session("a", "first", {1, 1}));
    EXPECT_EQ(outcome(Session("a", "second", {2, 2}), 0), PutOutcome::Conflict);
    EXPECT_EQ(payload_of(*client_->fetch(key_of("a"))), "first");
}

TEST_F(Lmdb, ReplacesExactlyTheVersionThatWasExpected) {
    const Cas first = put(Session("a", "first", {1, 1}));
    const Cas second = put(Session("a", "second, which is longer", {2, 2}), first);
    EXPECT_EQ(outcome(Session("a", "late", {2, 3}), first), PutOutcome::Conflict);
    EXPECT_EQ(payload_of(*client_->fetch(key_of("a"))), "second, which is longer");
    put(Session("a", "3", {3, 1}), second);
    EXPECT_EQ(payload_of(*client_->fetch(key_of("a"))), "3");
}

TEST_F(Lmdb, KnowsTheCasOfAVersionBeforeItIsStored) {
    const Session session("a", "content", {7, 9});
    EXPECT_EQ(client_->store().predicted_cas(session.version), put(session));
}

TEST_F(Lmdb, SaysThatTheExpectedVersionIsGone) {
    EXPECT_EQ(outcome(Session("a", "content"), 77), PutOutcome::Missing);
    EXPECT_FALSE(client_->fetch(key_of("a"))->found);
}

TEST_F(Lmdb, AnExpiredItemIsAbsentForEveryKindOfRequest) {
    const Cas cas = put(Session("a", "old", {1, 1}), 0, 100);
    pass(99);
    EXPECT_TRUE(client_->fetch(key_of("a"))->found);
    pass(1);
    EXPECT_FALSE(client_->fetch(key_of("a"))->found);
    EXPECT_FALSE(client_->touch(key_of("a"), 100)->found);
    EXPECT_EQ(outcome(Session("a", "late", {2, 2}), cas), PutOutcome::Missing);
    put(Session("a", "new", {3, 3}));
    EXPECT_EQ(payload_of(*client_->fetch(key_of("a"))), "new");
}

TEST_F(Lmdb, LifetimesDoNotChangeWhenTheClockIsSet) {
    put(Session("a", "content"), 0, 600);
    for (const std::uint32_t ahead : {3600u, 0u, 0u - 3600u}) {
        files_.clock.ahead = ahead;
        EXPECT_EQ(client_->fetch(key_of("a"))->ttl_left_s, 600);
    }
    pass(599);
    EXPECT_TRUE(client_->fetch(key_of("a"))->found);
    pass(1);
    EXPECT_FALSE(client_->fetch(key_of("a"))->found);
}

TEST_F(Lmdb, ATouchExtendsTheLifetimeAndChangesNothingElse) {
    for (const std::size_t size : {std::size_t{10}, std::size_t{1000}, std::size_t{100'000}}) {
        const std::string id = std::to_string(size);
        const Session session(id, std::string(size, 'x'), {7, 9});
        const Cas cas = put(session, 0, 100);
        ASSERT_TRUE(client_->touch(session.key, 500)->found);
        pass(400);
        const auto reply = client_->fetch(session.key);
        ASSERT_TRUE(reply && reply->found) << size;
        EXPECT_EQ(reply->ttl_left_s, 100);
        EXPECT_EQ(reply->cas, cas);
        EXPECT_EQ(payload_of(*reply), session.payload);
    }
    EXPECT_FALSE(client_->touch(key_of("nobody"), 100)->found);
}

TEST_F(Lmdb, ALargeSessionIsKeptAndReplaced) {
    const Session large("a", std::string(1 << 20, 'x'), {1, 1});
    const Cas cas = put(large);
    EXPECT_EQ(payload_of(*client_->fetch(large.key)), large.payload);
    put(Session("a", "small", {2, 2}), cas);
    EXPECT_EQ(payload_of(*client_->fetch(large.key)), "small");
}

TEST_F(Lmdb, RefusesWhatIsTooLargeAndGivesUpTheLock) {
    const auto locked = client_->lock(key_of("a"), "first");
    ASSERT_TRUE(locked);
    const Session session("a", std::string(client_->store().max_payload() + 1, 'x'));
    auto request = session.put(*client_);
    request.unlock = locked->holder;
    const auto reply = client_->put(request);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::TooLarge);
    EXPECT_EQ(files_.client()->lock(key_of("a"), "second")->lock, LockState::Granted);
}

// ---- locks --------------------------------------------------------------------------------------

TEST_F(Lmdb, ALockExcludesOtherWorkersUntilItIsReleased) {
    const auto other = files_.client();
    const auto mine = client_->lock(key_of("a"), "first");
    ASSERT_EQ(mine->lock, LockState::Granted);
    EXPECT_EQ(other->lock(key_of("a"), "second")->lock, LockState::Held);
    EXPECT_EQ(other->lock(key_of("b"), "second")->lock, LockState::Granted);
    EXPECT_TRUE(client_->release(key_of("a"), mine->holder)->was_ours);
    EXPECT_EQ(other->lock(key_of("a"), "second")->lock, LockState::Granted);
    EXPECT_EQ(client_->lock(key_of("a"), "first")->lock, LockState::Held);
}

TEST_F(Lmdb, ALockExcludesAnotherOwnerInTheSameWorkerAndNamesTheHolder) {
    ASSERT_EQ(client_->lock(key_of("a"), "first")->lock, LockState::Granted);
    const auto second = client_->lock(key_of("a"), "second");
    EXPECT_EQ(second->lock, LockState::Held);
    EXPECT_EQ(second->holder.owner, owner("first"));
    EXPECT_EQ(client_->lock(key_of("a"), "first")->lock, LockState::Granted) << "asked again";
}

TEST_F(Lmdb, OnlyTheOwnerReleasesALock) {
    const auto other = files_.client();
    ASSERT_EQ(client_->lock(key_of("a"), "first")->lock, LockState::Granted);
    EXPECT_FALSE(other->release(key_of("a"), {owner("first"), 0})->was_ours);
    EXPECT_FALSE(client_->release(key_of("a"), {owner("second"), 0})->was_ours);
    EXPECT_EQ(other->lock(key_of("a"), "second")->lock, LockState::Held);
}

TEST_F(Lmdb, APutGivesUpTheLockWhateverItsOutcome) {
    const auto other = files_.client();
    for (const Cas expected : {Cas{0}, Cas{99}}) {
        const auto mine = client_->lock(key_of("a"), "first");
        ASSERT_EQ(mine->lock, LockState::Granted);
        const Session session("a", "content");
        auto request = session.put(*client_, expected);
        request.unlock = mine->holder;
        EXPECT_FALSE(client_->put(request)->lock_lost);
        const auto theirs = other->lock(key_of("a"), "second");
        ASSERT_EQ(theirs->lock, LockState::Granted);
        EXPECT_TRUE(other->release(key_of("a"), theirs->holder)->was_ours);
    }
}

TEST_F(Lmdb, APutUnderALockThatIsNotHeldSaysSo) {
    const Session session("a", "content");
    auto request = session.put(*client_);
    request.unlock = HeldLock{owner("first"), 0};
    EXPECT_TRUE(client_->put(request)->lock_lost);
}

TEST_F(Lmdb, AWorkerThatEndsLeavesNoLock) {
    const auto other = files_.client();
    ASSERT_EQ(client_->lock(key_of("a"), "first")->lock, LockState::Granted);
    client_.reset();
    EXPECT_EQ(other->lock(key_of("a"), "second")->lock, LockState::Granted);
}

// ---- space --------------------------------------------------------------------------------------

class FullLmdb : public ::testing::Test {
  protected:
    // Fills the file with sessions that live for ten minutes; how many fitted.
    int fill(std::size_t bytes) {
        for (int stored = 0;; ++stored) {
            const Session session(
                "filling " + std::to_string(round_) + " " + std::to_string(stored),
                std::string(bytes, 'x'));
            if (const auto reply = client_->put(session.put(*client_)); !reply) {
                failure_ = reply.error();
                ++round_;
                return stored;
            }
        }
    }
    EmbeddedDirectory files_{8};
    std::unique_ptr<StoreClient> client_ = files_.client();
    Error failure_;
    int round_ = 0;
};

TEST_F(FullLmdb, AFullFileRefusesAndKeepsTheOldContent) {
    const Session old("a", "old", {1, 1});
    const Cas cas = client_->put(old.put(*client_))->cas;
    EXPECT_GT(fill(1000), 3500);
    EXPECT_EQ(failure_.code, Errc::StoreError);
    EXPECT_NE(std::string(failure_.detail).find("is full (size_mb=8)"), std::string::npos)
        << failure_.detail;
    const Session larger("a", std::string(900'000, 'y'), {2, 2});
    EXPECT_FALSE(client_->put(larger.put(*client_, cas)));
    EXPECT_EQ(payload_of(*client_->fetch(old.key)), "old");
    EXPECT_TRUE(client_->touch(old.key, 100)->found) << "a visitor who only reads stays logged in";
}

TEST_F(FullLmdb, AFullFileTakesSessionsAgainWhenOldOnesHaveExpired) {
    for (const std::size_t bytes : {std::size_t{1000}, std::size_t{50'000}, std::size_t{100}}) {
        const int fitted = fill(bytes);
        files_.clock.unix += 601;
        EXPECT_GT(fill(bytes), fitted * 8 / 10) << bytes << " bytes each";
        files_.clock.unix += 601;
    }
}

// Ninety megabytes come, and as much expires.
TEST_F(FullLmdb, SpaceIsBoundedWithoutAnybodyWhoCollects) {
    EmbeddedDirectory files(64);
    const auto client = files.client();
    for (int i = 0; i < 60'000; ++i) {
        const Session session(std::to_string(i), std::string(1000, 'x'));
        const auto reply = client->put(session.put(*client));
        ASSERT_TRUE(reply) << i << ": " << reply.error().detail;
        if (i % 4 == 0) ++files.clock.unix;  // 2400 are alive
    }
    LmdbAccess access(files.path(), 64, files.clock, nullptr);
    ASSERT_TRUE(access.ready());
    EXPECT_GT(access.env().pages_ahead(), access.env().pages_of(32u << 20));
}

// ---- inventory ----------------------------------------------------------------------------------

class Listing final : public InventorySink {
  public:
    void on_life(Result<Life> found) noexcept override {
        if (found) life = *found;
        done = true;
    }
    void on_key(std::string_view) noexcept override { ++keys; }
    void on_listed(Status outcome) noexcept override {
        EXPECT_TRUE(outcome);
        done = true;
    }
    Life life;
    int keys = 0;
    bool done = false;
};

TEST_F(Lmdb, ListsEverySessionOnce) {
    for (int i = 0; i < 1000; ++i) put(Session(std::to_string(i), "x"), 0, i < 10 ? 1 : 600);
    pass(1);
    LmdbInventory inventory(files_.spec, client_->loop(), files_.clock);
    Listing listing;
    inventory.list(listing);
    ASSERT_TRUE(client_->loop().run_until(listing.done, client_->deadline()));
    EXPECT_EQ(listing.keys, 990);
}

TEST_F(Lmdb, AnotherFileIsAnotherLife) {
    const auto life_now = [&] {
        LmdbInventory inventory(files_.spec, client_->loop(), files_.clock);
        Listing listing;
        inventory.ask_life(listing);
        EXPECT_TRUE(client_->loop().run_until(listing.done, client_->deadline()));
        return listing.life;
    };
    put(Session("a", "x"));
    const Life first = life_now();
    put(Session("b", "x"));
    EXPECT_EQ(life_now(), first);
    EXPECT_NE(first.started, 0u);
    ASSERT_EQ(::unlink(files_.file("mdb").c_str()), 0);
    ASSERT_EQ(::unlink(files_.file("mdb-lock").c_str()), 0);
    pass(1);
    EXPECT_FALSE(life_now() == first);
}

TEST_F(Lmdb, DeletedFilesAreNoticedAfterTheResponse) {
    put(Session("a", "x"));
    for (const char* suffix : {"mdb", "mdb-lock", "locks"})
        ASSERT_EQ(::unlink(files_.file(suffix).c_str()), 0);
    pass(61);
    client_->store().flush();
    put(Session("b", "seen by others"));
    EXPECT_EQ(payload_of(*files_.client()->fetch(key_of("b"))), "seen by others");
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
