// SPDX-License-Identifier: BSD-3-Clause
//
// What a read does when the client, or the policy, says that the nearest copy may not be the
// newest.
#include <gtest/gtest.h>

#include <optional>

#include "unit/replica/replica_lab.h"

namespace sessmirror::test {
namespace {

using pool::Counter;
using replica::Freshness;

class FreshnessOf : public ::testing::TestWithParam<replica::Locking> {
  protected:
    // The home is on another host, or its opinion and the local copy would be the same thing.
    FreshnessOf() {
        host.policy.locking = GetParam();
        for (int i = 0; lab.home() == 0; ++i)
            lab.key = store::derive_key("t:", "", "session " + std::to_string(i));
    }

    // A change that reached only the stores in `stores`; gives its version, of this generation or a
    // later one.
    record::Version change_on(std::initializer_list<int> stores, std::string_view payload,
                              std::uint32_t generation = 0) {
        record::Envelope envelope;
        envelope.ancestors = {newest};
        envelope.incarnation = incarnation;
        envelope.version = record::next_version(newest, generation, host.process.random().next());
        for (const int store : stores) {
            store::PutRequest put;
            put.key = lab.key;
            put.header = record::encode(envelope, lab.key.text(), as_bytes(payload));
            put.version = envelope.version;
            put.fingerprint = record::fingerprint(envelope.version);
            put.ttl_s = ReplicaLab::kLifetime;
            put.expected = lab.node(store).find(lab.key.text())->cas;
            EXPECT_TRUE(lab.node(store).put(
                put, Bytes(as_bytes(payload).begin(), as_bytes(payload).end())));
        }
        return newest = envelope.version;
    }

    void store_first(std::string_view payload) {
        lab.store_session(host, payload);
        const auto decoded =
            record::decode(lab.key.text(), lab.node(0).find(lab.key.text())->value);
        newest = decoded->envelope.version;
    }

    // The client has seen a newer version than `left`, on a store that has died; gives that
    // version.
    record::Version lose_newest(std::string_view left) {
        store_first(left);
        const auto seen = change_on({2}, "newest");
        lab.node(2).kill();
        return seen;
    }

    // Reads as a client that has seen these versions.
    using Kind = replica::FreshnessToken::Kind;
    Status read(record::Version seen, Kind kind = Kind::Exact) {
        return read_as(replica::FreshnessToken{seen, kind});
    }
    Status read_without_token() { return read_as(std::nullopt); }
    Status read_as(std::optional<replica::FreshnessToken> token) {
        lab.open(host, view);
        if (token) view.expect(*token);
        const Status outcome = lab.read(host, view);
        give_lock_back();
        return outcome;
    }
    // How long a read takes that has to succeed.
    Duration time_to_read(std::optional<record::Version> seen) {
        lab.open(host, view);
        if (seen) view.expect({*seen, Kind::Exact});
        const Duration start = lab.world.now();
        EXPECT_TRUE(lab.read(host, view));
        const Duration took = lab.world.now() - start;
        give_lock_back();
        return took;
    }
    void give_lock_back() {
        lab.settle();
        if (!view.lock.held()) return;
        host.pool.store(view.lock.store)
            .release(lab.key, view.lock.lock, host.process.now() + host.policy.deadline, nullptr);
        host.locks.leave(view.lock.ticket);
        view.lock = {};
        lab.settle();
    }
    std::uint64_t remote_requests() { return host.requests(1) + host.requests(2); }
    [[nodiscard]] std::string_view found() const { return as_text(view.newest().payload); }

    ReplicaLab lab{3};
    ReplicaLab::Host& host = lab.host();
    replica::SessionView view;
    record::Version newest;
    record::Version incarnation;  // of what change_on() stores
};

using FreshRead = FreshnessOf;

TEST_P(FreshRead, PassesOverACopyThatTheClientHasSeenReplaced) {
    store_first("old");
    const auto seen = change_on({1, 2}, "new");
    ASSERT_TRUE(read(seen));
    EXPECT_EQ(found(), "new");
    EXPECT_FALSE(view.is_stale);
    EXPECT_EQ(lab.payload_on(0), "new");  // repaired on the way
}

TEST_P(FreshRead, AsksAStoreThatIsBelievedDownBeforeItServesAnOldCopy) {
    store_first("old");
    const auto seen = change_on({2}, "new");
    static_cast<void>(host.pool.health(2).report_failure());
    ASSERT_TRUE(read(seen));
    EXPECT_EQ(found(), "new");
}

TEST_P(FreshRead, TakesAForkOfTheSameGenerationForNotFresh) {
    store_first("mine");
    ASSERT_TRUE(read({newest.generation, newest.nonce ^ 1}));
    EXPECT_TRUE(view.is_stale);
    EXPECT_EQ(host.count(Counter::StaleReads), 1u);
}

TEST_P(FreshRead, SaysSoWhenTheNewestVersionIsOutOfReach) {
    const auto seen = lose_newest("old");
    ASSERT_TRUE(read(seen));
    EXPECT_EQ(found(), "old");
    EXPECT_TRUE(view.is_stale);
    EXPECT_EQ(host.count(Counter::StaleReads), 1u);
}

TEST_P(FreshRead, WritesAboveAVersionThatWasOutOfReach) {
    const auto seen = lose_newest("old");
    ASSERT_TRUE(read(seen));
    ASSERT_TRUE(lab.write(host, view, "newest"));
    lab.node(2).restart_empty();
    replica::SessionView later;
    lab.open(host, later);
    ASSERT_TRUE(lab.read(host, later));
    EXPECT_GT(later.version().generation, seen.generation);
}

TEST_P(FreshRead, FailsInsteadWhereThePolicySaysSo) {
    host.policy.on_stale = replica::OnStale::Fail;
    const auto seen = lose_newest("old");
    const Status outcome = read(seen);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::Stale);
}

TEST_P(FreshRead, TakesASessionThatEveryStoreDeniesForExpired) {
    ASSERT_TRUE(read({100, 1}));
    EXPECT_FALSE(view.is_found());
    EXPECT_FALSE(view.is_stale);
}

TEST_P(FreshRead, DoesNotTakeAMissForAnExpiredSessionWhileAMemberIsAway) {
    store_first("only here");
    const auto seen = newest;
    lab.node(0).evict(lab.key.text());
    lab.node(1).evict(lab.key.text());
    lab.node(2).kill();
    ASSERT_TRUE(read(seen));
    EXPECT_TRUE(view.is_stale);
    EXPECT_FALSE(view.is_alive());
    host.policy.on_stale = replica::OnStale::Fail;
    EXPECT_FALSE(read(seen));
}

TEST_P(FreshRead, DoesNotBuryASessionThatOnlyAStoreOutOfReachCanHave) {
    store_first("only here");
    const auto seen = newest;
    lab.node(2).kill();
    for (const bool is_filling : {true, false}) {
        for (const int store : {0, 1}) {
            lab.node(store).evict(lab.key.text());
            host.pool.health(store).set_filling(is_filling);
            if (!is_filling) host.pool.health(store).call_for_comparison();
        }
        for (const auto on_stale :
             {replica::OnStale::Serve, replica::OnStale::ReadOnly, replica::OnStale::Fail}) {
            host.policy.on_stale = on_stale;
            const Status outcome = read(seen);
            ASSERT_FALSE(outcome);
            EXPECT_EQ(outcome.error().code, Errc::Stale);
        }
        host.policy.on_stale = replica::OnStale::Renew;
        ASSERT_TRUE(read(seen));
        EXPECT_TRUE(view.is_stale);
        EXPECT_FALSE(view.is_alive());
    }
}

// Nobody's token vouches for the session, and the one store in reach has lost what it held.
TEST_P(FreshRead, DoesNotBelieveTheMissOfAStoreThatHasLostWhatItHeld) {
    store_first("cart");
    for (const int store : {0, 1}) {
        lab.node(store).evict(lab.key.text());
        host.pool.health(store).set_filling(true);
    }
    lab.node(2).kill();
    const Status outcome = read_without_token();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::NoStore);
    host.pool.health(1).set_filling(false);
    EXPECT_TRUE(read_without_token());
}

// Ids that somebody made up, while a store hangs: the page that notices pays, and no other.
TEST_P(FreshRead, MakesNoPageWaitForAStoreThatIsDownByAnIdThatNobodyVouchesFor) {
    store_first("cart");
    lab.node(2).pause();
    for (int page = 0; page < 5; ++page) {
        lab.key = store::derive_key("t:", "", "made up " + std::to_string(page));
        for (const bool has_token : {false, true}) {
            host.policy.has_secret = !has_token;  // without one, anybody makes up tokens as well
            const Duration took =
                has_token ? time_to_read(record::Version{100, 1}) : time_to_read(std::nullopt);
            EXPECT_FALSE(view.is_found());
            EXPECT_TRUE(page == 0 || took <= milliseconds(25)) << "page " << page;
        }
    }
    EXPECT_FALSE(host.pool.is_up(2));
}

TEST_P(FreshRead, WaitsForAStoreThatIsDownAsForAnyOtherWhereATokenVouchesForTheSession) {
    store_first("old");
    const auto seen = change_on({2}, "new");
    static_cast<void>(host.pool.health(2).report_failure());
    lab.node(2).pause();
    lab.world.after(milliseconds(100), [this] { lab.node(2).resume(); });
    ASSERT_TRUE(read(seen));
    EXPECT_EQ(found(), "new");
}

TEST_P(FreshRead, WaitsForAStoreThatIsDownAsForAnyOtherWhereNoOtherCanDenyTheSession) {
    store_first("only here");
    for (const int store : {0, 1}) {
        lab.node(store).evict(lab.key.text());
        host.pool.health(store).set_filling(true);
    }
    static_cast<void>(host.pool.health(2).report_failure());
    lab.node(2).pause();
    lab.world.after(milliseconds(100), [this] { lab.node(2).resume(); });
    ASSERT_TRUE(read_without_token());
    EXPECT_EQ(found(), "only here");
}

// It was slow once. Nobody's token vouches for the session, which no other store has.
TEST_P(FreshRead, AsksAStoreThatIsBelievedDownBeforeItDeniesASession) {
    store_first("only here");
    for (const int store : {0, 1}) lab.node(store).evict(lab.key.text());
    static_cast<void>(host.pool.health(2).report_failure());
    ASSERT_TRUE(read_without_token());
    EXPECT_EQ(found(), "only here");
    EXPECT_TRUE(host.pool.is_up(2));
}

TEST_P(FreshRead, TellsTheClientOfAVersionThatItDidNotKnow) {
    store_first("old");
    const auto seen = newest;
    change_on({0, 1, 2}, "new");
    ASSERT_TRUE(read(seen));
    EXPECT_TRUE(view.is_news());
    ASSERT_TRUE(read(newest));
    EXPECT_FALSE(view.is_news());
}

TEST_P(FreshRead, TellsAClientWithoutATokenWhichVersionItWasGiven) {
    store_first("cart");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_TRUE(view.is_news());
}

TEST_P(FreshRead, TakesNoCopyOfAStoreThatIsFillingForTheNewestUnasked) {
    store_first("old");
    change_on({lab.home() == 1 ? 2 : 1}, "new");
    for (int store = 0; store < 3; ++store) host.pool.health(store).set_filling(true);
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(found(), "new");
}

TEST_P(FreshRead, BelievesAllMembersTogetherThatNothingFollowedAnOpenToken) {
    store_first("cart");
    ASSERT_TRUE(read(newest, Kind::Open));
    EXPECT_EQ(found(), "cart");
    EXPECT_FALSE(view.is_stale);
    EXPECT_TRUE(view.is_news());
}

TEST_P(FreshRead, FindsWhatFollowedAnOpenTokenOnWhicheverMember) {
    for (const int store : {0, 1, 2}) {
        lab.key = store::derive_key("t:", "", "session on " + std::to_string(store));
        store_first("old");
        const auto before = newest;
        change_on({store}, "new");
        ASSERT_TRUE(read(before, Kind::Open));
        EXPECT_EQ(found(), "new") << "on store " << store;
        EXPECT_FALSE(view.is_stale);
    }
}

// The write at close may have reached the member that is away, and no other.
TEST_P(FreshRead, IsKnownToBeStaleWhenAMemberCannotSayWhatFollowedAnOpenToken) {
    store_first("old");
    const auto before = newest;
    const int away = lab.home() == 2 ? 1 : 2;
    change_on({away}, "new");
    lab.node(away).kill();
    ASSERT_TRUE(read(before, Kind::Open));
    EXPECT_EQ(found(), "old");
    EXPECT_TRUE(view.is_stale);
    EXPECT_FALSE(view.is_news());
    EXPECT_EQ(host.count(Counter::StaleReads), 1u);
}

// Every store has answered, and none knows the version: it is lost everywhere, or was never there.
TEST_P(FreshRead, CountsApartWhatAClientMayHaveMadeUp) {
    store_first("cart");
    const record::Version made_up{newest.generation + 5, 1};
    for (const bool has_secret : {true, false}) {
        host.policy.has_secret = has_secret;
        ASSERT_TRUE(read(made_up));
        EXPECT_EQ(found(), "cart");
        EXPECT_TRUE(view.is_stale);
        EXPECT_EQ(host.count(Counter::StaleReads), 1u);
        EXPECT_EQ(host.count(Counter::UnmetTokens), has_secret ? 0u : 1u);
        JournalEntry entry;
        EXPECT_EQ(host.journal.take(entry), has_secret);
        while (host.journal.take(entry)) continue;
    }
}

TEST_P(FreshRead, TellsTheLogOnceHoweverManyPagesAreStale) {
    const auto seen = lose_newest("cart");
    int lines = 0;
    for (int page = 0; page < 5; ++page) {
        ASSERT_TRUE(read(seen));
        JournalEntry entry;
        while (host.journal.take(entry))
            lines += std::string_view(entry.text).find("is served") != std::string_view::npos;
    }
    EXPECT_EQ(lines, 1);
    EXPECT_EQ(host.count(Counter::StaleReads), 5u);
    EXPECT_EQ(host.count(Counter::NoticesDropped), 4u);
}

TEST_P(FreshRead, FindsNothingForAClientThatHasSeenTheEndThoughNobodyInReachKnows) {
    const auto end = lose_newest("cart");
    for (const auto on_stale : {replica::OnStale::Serve, replica::OnStale::Fail}) {
        host.policy.on_stale = on_stale;
        ASSERT_TRUE(read(end, Kind::Ended));
        EXPECT_FALSE(view.is_alive());
        EXPECT_FALSE(view.is_stale);
    }
    EXPECT_EQ(host.count(Counter::StaleReads), 0u);
}

TEST_P(FreshRead, FindsWhatWasStoredUnderTheSameIdAfterItsEnd) {
    store_first("cart");
    const auto end = incarnation = newest;
    change_on({0, 1, 2}, "somebody else's");
    ASSERT_TRUE(read(end, Kind::Ended));
    EXPECT_TRUE(view.is_alive());
}

TEST_P(FreshRead, FindsNothingThatAPageWroteWhichHadNotHeardOfTheEnd) {
    store_first("cart");
    const record::Version before = newest;
    change_on({0, 1, 2}, "cart and more", before.generation + 2);
    ASSERT_TRUE(read({before.generation + 1, 1}, Kind::Ended));
    EXPECT_FALSE(view.is_alive());
}

INSTANTIATE_TEST_SUITE_P(EveryLocking, FreshRead,
                         ::testing::Values(replica::Locking::On, replica::Locking::Off));

using UnlockedFreshRead = FreshnessOf;

TEST_P(UnlockedFreshRead, SendsNothingWhileTheTokenIsMet) {
    store_first("cart");
    const auto before = remote_requests();
    ASSERT_TRUE(read(newest));
    EXPECT_EQ(remote_requests(), before);
}

TEST_P(UnlockedFreshRead, AsksTheHomeUnderProbe) {
    host.policy.freshness = Freshness::Probe;
    store_first("old");
    change_on({lab.home()}, "new");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(found(), "new");
}

TEST_P(UnlockedFreshRead, AsksNobodyElseUnderProbeWhileTheHomeAgrees) {
    host.policy.freshness = Freshness::Probe;
    store_first("cart");
    const auto before = remote_requests();
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(remote_requests(), before + 1);
}

TEST_P(UnlockedFreshRead, AsksNobodyUnderLocal) {
    host.policy.freshness = Freshness::Local;
    store_first("old");
    change_on({1, 2}, "new");
    const auto before = remote_requests();
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(remote_requests(), before);
    EXPECT_EQ(found(), "old");
}

TEST_P(UnlockedFreshRead, FindsWhatAMajorityStoredUnderMajority) {
    host.policy.freshness = Freshness::Majority;
    store_first("old");
    change_on({1, 2}, "new");
    lab.open(host, view);
    ASSERT_TRUE(lab.read(host, view));
    EXPECT_EQ(found(), "new");
}

TEST_P(UnlockedFreshRead, FailsWithoutAMajorityUnderMajority) {
    host.policy.freshness = Freshness::Majority;
    store_first("cart");
    lab.node(1).kill();
    lab.node(2).kill();
    lab.open(host, view);
    EXPECT_FALSE(lab.read(host, view));
}

INSTANTIATE_TEST_SUITE_P(LockingOff, UnlockedFreshRead, ::testing::Values(replica::Locking::Off));

}  // namespace
}  // namespace sessmirror::test
