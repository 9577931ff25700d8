// SPDX-License-Identifier: BSD-3-Clause
// Sessions of one worker, one after the other, on two real stores: what serves one session serves
// the next, and nothing of one may show in another.
#include <gtest/gtest.h>

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "store/session_key.h"
#include "support/real_memcached.h"

#ifdef __SANITIZE_ADDRESS__
// NOLINTNEXTLINE(bugprone-reserved-identifier): of the sanitizer, whose header gcc does not ship
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;

std::size_t allocated_bytes() {
#ifdef __SANITIZE_ADDRESS__
    return __sanitizer_get_current_allocated_bytes();
#else
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}

// What the client is to be told; empty: nothing new.
std::string news_of(const Session& session) {
    return session.has_new_token() ? session.token()->text() : "";
}

class ServedByOneWorker : public ::testing::TestWithParam<Locking> {
  protected:
    ServedByOneWorker() {
        options_.redundancy = 2;
        options_.locking = GetParam();
        options_.local = first_.spec().name();
    }
    std::unique_ptr<Session> open() {
        auto session = service_.open(options_, first_.spec().name() + "," + second_.spec().name());
        EXPECT_TRUE(session) << session.error().detail;
        return std::move(*session);
    }
    void write(const std::string& id, const std::string& payload) {
        const auto session = open();
        ASSERT_TRUE(session->read(id, kLifetime));
        EXPECT_TRUE(session->write(id, as_bytes(payload), kLifetime));
        EXPECT_NE(news_of(*session), "");
    }
    std::string read(const std::string& id) {
        const auto session = open();
        const auto loaded = session->read(id, kLifetime);
        if (!loaded) return loaded.error().detail;
        return loaded->exists ? std::string(as_text(loaded->payload)) : "(none)";
    }

    test::RealMemcached first_;
    test::RealMemcached second_;
    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    SessionService service_{*page_};
};

// A wrapper, a proxy or an old link that lost the token: nothing else tells that such reads are not
// known to be fresh.
TEST_P(ServedByOneWorker, ReadsThatATokenCouldHaveComeWithAreCounted) {
    write("a", "x|i:1;");
    const auto counted = [this] { return page_->value(pool::Counter::ReadsWithoutToken); };
    std::string token;
    for (const bool is_expected : {false, true}) {
        const auto session = open();
        session->set_token("", is_expected);
        ASSERT_TRUE(session->read("a", kLifetime));
        token = news_of(*session);
        EXPECT_EQ(counted(), is_expected ? 1u : 0u);
    }
    const auto session = open();
    session->set_token(token, true);
    ASSERT_TRUE(session->read("a", kLifetime));
    EXPECT_EQ(counted(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Locking, ServedByOneWorker,
                         testing::Values(Locking::On, Locking::Optimistic, Locking::Off),
                         [](const auto& kind) {
                             return std::string(kind.param == Locking::On           ? "On"
                                                : kind.param == Locking::Optimistic ? "Optimistic"
                                                                                    : "Off");
                         });

TEST_P(ServedByOneWorker, ASessionShowsNothingOfTheOneBefore) {
    for (const std::size_t size : {10u, 1000u, 300'000u}) {
        write("alice", std::string(size, 'a'));
        EXPECT_EQ(read("bob"), "(none)");
        const auto session = open();
        EXPECT_EQ(news_of(*session), "");
        const auto loaded = session->read("bob", kLifetime);
        ASSERT_TRUE(loaded);
        EXPECT_FALSE(loaded->exists);
        EXPECT_TRUE(loaded->payload.empty());
        EXPECT_EQ(news_of(*session), "");
        session->close();
        EXPECT_EQ(read("alice"), std::string(size, 'a'));
    }
}

TEST_P(ServedByOneWorker, AWorkerKeepsNoMemoryOfALargeSession) {
    const auto serve = [this](std::size_t size) {
        write("alice", std::string(size, 'a'));
        EXPECT_EQ(read("alice").size(), size);
    };
    serve(1000);
    const std::size_t before = allocated_bytes();
    serve(900'000);
    EXPECT_LT(allocated_bytes(), before + 300'000);
}

// That a store has, or lacks, the session before says nothing about this one.
TEST_P(ServedByOneWorker, ACopyIsLookedForOnEveryStoreWhateverWasServedBefore) {
    for (int i = 0; i < 8; ++i) {  // with either store as the home
        const std::string carol = "carol " + std::to_string(i);
        write(carol, "of carol");
        const auto key = store::derive_key(options_.key_prefix, "", carol);
        (void)first_.ask("md " + std::string(key.text()) + "\r\n");
        write("alice", "of alice");
        EXPECT_EQ(read(carol), "of carol");
    }
}

TEST_P(ServedByOneWorker, AnIdThatWasDrawnIsKnownToItsOwnRequestOnly) {
    open()->created("fresh");
    write("fresh", "stored");
    const auto session = open();
    const auto there = session->exists("fresh", kLifetime);
    ASSERT_TRUE(there);
    EXPECT_TRUE(*there);
}

TEST_P(ServedByOneWorker, AnIdThatIsPublishedIsOneLikeAnyOther) {
    const auto page = open();
    page->created("drawn");
    ASSERT_TRUE(page->read("drawn", kLifetime));
    ASSERT_TRUE(page->publish());
    Options impatient = options_;
    impatient.lock_wait = std::chrono::milliseconds(0);
    const auto other =
        std::move(*service_.open(impatient, first_.spec().name() + "," + second_.spec().name()));
    const auto seen = other->read("drawn", kLifetime);
    if (GetParam() == Locking::On) {
        ASSERT_FALSE(seen);
        EXPECT_EQ(seen.error().code, Errc::LockTimeout);
    } else {
        ASSERT_TRUE(seen);
        EXPECT_FALSE(seen->exists);
        EXPECT_TRUE(
            other->write("drawn", as_bytes("a|i:1;"), kLifetime, record::Serialization::Php));
    }
    EXPECT_TRUE(page->write("drawn", as_bytes("b|i:2;"), kLifetime, record::Serialization::Php));
    page->close();
    const std::string expected = GetParam() == Locking::Optimistic ? "a|i:1;b|i:2;" : "b|i:2;";
    EXPECT_EQ(read("drawn"), expected);
}

// As PHP's session_reset(): it gives what is stored now.
TEST_P(ServedByOneWorker, AResetReadsAnewWhatOthersMayHaveChangedSince) {
    write("a", "x|i:1;");
    const auto page = open();
    ASSERT_TRUE(page->read("a", kLifetime));
    if (GetParam() != Locking::On) write("a", "x|i:2;");
    ASSERT_TRUE(page->reset());
    const auto again = page->read("a", kLifetime);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(as_text(again->payload), GetParam() == Locking::On ? "x|i:1;" : "x|i:2;");
    EXPECT_TRUE(page->write("a", as_bytes("x|i:3;"), kLifetime, record::Serialization::Php));
    EXPECT_EQ(read("a"), "x|i:3;");
    EXPECT_EQ(page_->value(pool::Counter::Conflicts), 0u);
}

TEST_P(ServedByOneWorker, AResetGoesNotBackBehindWhatThePageHasSeen) {
    if (GetParam() == Locking::On) return;  // nobody else can have changed it
    const auto key = std::string(store::derive_key(options_.key_prefix, "", "a").text());
    write("a", "x|i:0;");
    const std::string old = first_.ask("mg " + key + " v\r\n").substr(3);  // after "VA "
    write("a", "x|i:1;");
    const auto page = open();
    ASSERT_TRUE(page->read("a", kLifetime));
    ASSERT_TRUE(page->commit("a", as_bytes("x|i:2;"), kLifetime, record::Serialization::Php));
    ASSERT_TRUE(page->reset());
    ASSERT_EQ(first_.ask("ms " + key + " " + old), "HD\r\n");
    const auto again = page->read("a", kLifetime);
    ASSERT_TRUE(again);
    EXPECT_EQ(as_text(again->payload), "x|i:1;");
    EXPECT_EQ(page_->value(pool::Counter::StaleReads), 0u);
}

TEST_P(ServedByOneWorker, AnIdThatIsEndedWhileAnotherWaitsForItStaysThatOnesAndEnded) {
    if (GetParam() != Locking::On) return;  // nobody waits
    write("visitor", "held");
    auto holder = open();
    ASSERT_TRUE(holder->read("visitor", kLifetime));
    SessionService waiting_service(*page_);
    Options options = options_;
    options.local = second_.spec().name();
    for (const std::string& local : {first_.spec().name(), second_.spec().name()}) {
        options.local = local;
        auto waiter = std::move(
            *waiting_service.open(options, first_.spec().name() + "," + second_.spec().name()));
        std::thread end([&] {
            const auto has_waiter = [&] { return page_->value(pool::Counter::LockWaits) > 0; };
            while (!has_waiter()) std::this_thread::yield();
            EXPECT_TRUE(holder->destroy("visitor", kLifetime));
            holder->close();
        });
        const auto exists = waiter->exists("visitor", kLifetime);
        end.join();
        ASSERT_TRUE(exists) << exists.error().detail;
        EXPECT_TRUE(*exists);
        const auto seen = waiter->read("visitor", kLifetime);
        ASSERT_TRUE(seen);
        EXPECT_EQ(as_text(seen->payload), "held");
        EXPECT_TRUE(waiter->write("visitor", as_bytes("brought back"), kLifetime));
        waiter->close();
        EXPECT_EQ(read("visitor"), "(none)");
        if (local == second_.spec().name()) return;
        write("visitor", "held");
        holder = open();
        ASSERT_TRUE(holder->read("visitor", kLifetime));
        page_->counters[static_cast<std::size_t>(pool::Counter::LockWaits)] = 0;
    }
}

TEST_P(ServedByOneWorker, AStoreThatReturnsIsFoundWithoutResponses) {
    write("visitor", "one");
    const auto is_up = [&] {
        const auto stores = service_.stores();
        return std::all_of(stores.begin(), stores.end(),
                           [](const auto& store) { return store.is_up; });
    };
    second_.kill();
    for (int i = 0; is_up() && i < 20; ++i) write("visitor", std::to_string(i));
    EXPECT_FALSE(is_up());
    second_.start();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_up() && std::chrono::steady_clock::now() < deadline) {
        (void)read("visitor");
        service_.between_sessions();
    }
    EXPECT_TRUE(is_up());
}

TEST_P(ServedByOneWorker, TheNewestTokenOfTheSessionCounts) {
    write("visitor", "one");
    const auto token_of = [&](const std::string& id, const std::string& payload) {
        const auto session = open();
        EXPECT_TRUE(session->read(id, kLifetime));
        EXPECT_TRUE(session->write(id, as_bytes(payload), kLifetime));
        EXPECT_TRUE(session->tells_a_change());
        return news_of(*session);
    };
    const std::string older = token_of("visitor", "two");
    const std::string newest = token_of("visitor", "three");
    const std::string another = token_of("another", "one");
    for (const std::string& sent : {older + " " + newest, newest + " " + older + " nonsense"}) {
        const auto session = open();
        session->set_token(sent, true);
        ASSERT_TRUE(session->read("visitor", kLifetime));
        EXPECT_EQ(news_of(*session), "");
        EXPECT_EQ(session->token()->text(), newest);
        EXPECT_TRUE(session->is_unchanged());
    }
    for (const std::string& sent : {std::string(), another}) {
        const auto session = open();
        session->set_token(sent, true);
        ASSERT_TRUE(session->read("visitor", kLifetime));
        EXPECT_EQ(news_of(*session), newest);
        EXPECT_FALSE(session->tells_a_change());
    }
}

TEST_P(ServedByOneWorker, AnEndedSessionLeavesTheNextOneAlone) {
    write("alice", "of alice");
    write("bob", "of bob");
    {
        const auto session = open();
        ASSERT_TRUE(session->read("alice", kLifetime));
        EXPECT_TRUE(session->destroy("alice", kLifetime));
    }
    EXPECT_EQ(read("bob"), "of bob");
    EXPECT_EQ(read("alice"), "(none)");
}

TEST_P(ServedByOneWorker, TheSitesOfOneWorkerHaveTheirOwnStores) {
    test::RealMemcached third;
    write("alice", "on two");
    {
        Options options = options_;
        options.local = "none";
        const auto session = service_.open(options, third.spec().name());
        ASSERT_TRUE(session) << session.error().detail;
        const auto loaded = (*session)->read("alice", kLifetime);
        ASSERT_TRUE(loaded);
        EXPECT_FALSE(loaded->exists);
        EXPECT_TRUE((*session)->write("alice", as_bytes("on the third"), kLifetime));
    }
    EXPECT_EQ(read("alice"), "on two");
}

TEST_P(ServedByOneWorker, TwoSessionsMayBeOpenAtATime) {
    write("alice", "of alice");
    const auto one = open();
    const auto other = open();
    ASSERT_TRUE(one->read("alice", kLifetime));
    ASSERT_TRUE(other->read("bob", kLifetime));
    EXPECT_TRUE(other->write("bob", as_bytes("of bob"), kLifetime));
    EXPECT_TRUE(one->write("alice", as_bytes("of alice, again"), kLifetime));
    other->close();
    one->close();
    EXPECT_EQ(read("alice"), "of alice, again");
    EXPECT_EQ(read("bob"), "of bob");
}

}  // namespace
}  // namespace sessmirror::service
