// SPDX-License-Identifier: BSD-3-Clause
// Two real stores and a worker that serves pages: does a store that lost everything get it back?
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "store/session_key.h"
#include "support/amnesiac_store.h"
#include "support/real_memcached.h"

namespace sessmirror::service {
namespace {

constexpr int kSessions = 200;
constexpr std::int64_t kLifetime = 1440;

class Refilling : public ::testing::Test {
  protected:
    Refilling() {
        options_.redundancy = 2;
        options_.local = first_.spec().name();
    }
    std::string stores() const { return first_.spec().name() + "," + second_.spec().name(); }
    std::unique_ptr<Session> open() {
        auto session = service_.open(options_, stores());
        EXPECT_TRUE(session) << session.error().detail;
        return std::move(*session);
    }
    void write(const std::string& id, const std::string& payload) {
        const auto session = open();
        EXPECT_TRUE(session->read(id, kLifetime));
        EXPECT_TRUE(session->write(id, as_bytes(payload), kLifetime));
        session->close();
    }
    // Pages of one other visitor are served until the condition holds.
    template <class Condition>
    bool serve_until(Condition holds) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < limit) {
            write("a busy visitor", "x");
            service_.after_response();
            if (holds()) return true;
        }
        return false;
    }
    bool is_filling(int store) {
        return service_.stores()[static_cast<std::size_t>(store)].is_filling;
    }
    bool is_up(int store) { return service_.stores()[static_cast<std::size_t>(store)].is_up; }

    test::RealMemcached first_;
    test::RealMemcached second_;
    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    SessionService service_{*page_};
};

TEST_F(Refilling, GivesAStoreThatReturnedEmptyEverySessionAgain) {
    for (int i = 0; i < kSessions; ++i) write("visitor " + std::to_string(i), "cart");
    service_.after_response();
    first_.kill();
    first_.start();
    const auto copied = [&] { return page_->value(pool::Counter::Refilled); };
    ASSERT_TRUE(serve_until([&] { return copied() >= kSessions && !is_filling(0); }))
        << copied() << " of " << kSessions << " sessions were copied";
    second_.kill();  // what is left is what was copied
    for (int i = 0; i < kSessions; ++i) {
        const auto session = open();
        const auto loaded = session->read("visitor " + std::to_string(i), kLifetime);
        ASSERT_TRUE(loaded) << loaded.error().detail;
        EXPECT_EQ(as_text(loaded->payload), "cart");
    }
}

// However short the time that it is given, and although it is left once in the middle.
TEST_F(Refilling, IsDoneAtOnceWhereItIsAskedFor) {
    for (int i = 0; i < kSessions; ++i) write("visitor " + std::to_string(i), "cart");
    first_.kill();
    first_.start();
    open();
    service_.begin_refill();
    EXPECT_FALSE(service_.continue_refill(Duration::zero()).is_over);
    service_.begin_refill();
    SessionService::RefillProgress progress;
    int slices = 0;
    for (double before = 0; !progress.is_over && slices < 10'000;
         ++slices, before = progress.done) {
        progress = service_.continue_refill(std::chrono::microseconds(200));
        EXPECT_GE(progress.done, before);
        const auto copied = page_->value(pool::Counter::Refilled);
        write("a visitor in between", "x");  // which runs the loop
        EXPECT_EQ(page_->value(pool::Counter::Refilled), copied);
    }
    EXPECT_TRUE(progress.is_over);
    EXPECT_GT(slices, 2);
    const auto stores = service_.stores();
    EXPECT_EQ(stores[0].refill_trouble, "");
    EXPECT_EQ(page_->value(pool::Counter::Refilled), std::uint64_t{kSessions});
}

TEST_F(Refilling, GoesOnBetweenPagesAfterAPageThatAskedForItAtOnceAndLeftIt) {
    for (int i = 0; i < kSessions; ++i) write("visitor " + std::to_string(i), "cart");
    service_.after_response();
    first_.kill();
    first_.start();
    ASSERT_TRUE(serve_until([&] { return is_filling(0); }));
    service_.begin_refill();
    (void)service_.continue_refill(Duration::zero());
    ASSERT_TRUE(serve_until(
        [&] { return page_->value(pool::Counter::Refilled) >= kSessions && !is_filling(0); }));
}

TEST_F(Refilling, CallsNoStoreCompleteBeforeItHasLooked) {
    write("visitor", "cart");
    service_.after_response();
    EXPECT_TRUE(service_.stores()[0].is_unchecked);
    ASSERT_TRUE(serve_until([&] { return !service_.stores()[0].is_unchecked; }));
    const auto ready = store::derive_key(options_.key_prefix, "", "this store is complete");
    EXPECT_EQ(first_.ask("mg " + std::string(ready.text()) + "\r\n").substr(0, 2), "HD");
}

TEST_F(Refilling, GivesAStoreThatHungWhatItMissed) {
    write("visitor", "old");
    service_.after_response();
    first_.stop();
    constexpr int kMissed = 5;  // each costs a timeout: a new id is looked for everywhere
    for (int i = 0; i < kMissed; ++i) write("visitor " + std::to_string(i), "cart");
    first_.resume();
    ASSERT_TRUE(serve_until([&] { return is_up(0) && !service_.stores()[0].is_behind; }));
    EXPECT_GE(page_->value(pool::Counter::Refilled), std::uint64_t{kMissed});
}

// The listing of such a store is what the workers would never come back from.
TEST(RefillingBesideAHostileStore, ServesPagesInTimeAlthoughItsListOfKeysNeverEnds) {
    const test::RealMemcached good;
    const std::string some_key(store::derive_key("sm:", "", "nobody").text());
    const test::FakeServer hostile(test::amnesiac_store([&](test::FakePeer& peer) {
        std::string lines;
        for (int i = 0; i < 1000; ++i) lines += "key=" + some_key + " exp=0 la=0\r\n";
        // Without end for whoever looks at it from between two pages.
        for (int i = 0; i < 20'000 && peer.send(lines); ++i) {
        }
    }));
    const auto page = pool::make_host_page(7);
    SessionService service(*page);
    Options options;
    options.local = good.spec().name();
    const std::string stores = good.spec().name() + ",127.0.0.1:" + std::to_string(hostile.port());
    const auto serve = [&](const std::string& payload) {
        auto session = service.open(options, stores);
        ASSERT_TRUE(session) << session.error().detail;
        EXPECT_TRUE((*session)->read("visitor", kLifetime));
        EXPECT_TRUE((*session)->write("visitor", as_bytes(payload), kLifetime));
        (*session)->close();
    };
    serve("first");
    service.begin_refill();
    for (int i = 0; i < 20; ++i) {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_FALSE(service.continue_refill(milliseconds(2)).is_over);
        serve(std::to_string(i));
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    }
}

TEST_F(Refilling, OneServerUnderTwoAddressesIsOneCopyFromTheBeginning) {
    const std::string port = std::to_string(first_.spec().port);
    const std::string twins = "127.0.0.1:" + port + ",[::ffff:127.0.0.1]:" + port;
    const auto session = service_.open(options_, twins);
    ASSERT_TRUE(session) << session.error().detail;
    JournalEntry entry;
    ASSERT_TRUE(service_.journal().take(entry));
    EXPECT_NE(std::string(entry.text).find("one server under two names"), std::string::npos);
    EXPECT_EQ(service_.stores()[0].same_server_as, "");
    EXPECT_EQ(service_.stores()[1].same_server_as, service_.stores()[0].name);
    ASSERT_TRUE((*session)->read("a", kLifetime));
    ASSERT_TRUE((*session)->write("a", as_bytes("x"), kLifetime));
    EXPECT_EQ(page_->value(pool::Counter::DegradedWrites), 1u);
}

// Nobody looks the name up, so what shows that they are one is what both of them hold.
TEST_F(Refilling, OneServerUnderTwoNamesIsToldByTheCommandAndInTheLog) {
    const std::string port = std::to_string(first_.spec().port);
    const std::string twins = "127.0.0.1:" + port + ",localhost:" + port;
    options_.local = "none";
    const auto session = service_.open(options_, twins);
    ASSERT_TRUE(session) << session.error().detail;
    ASSERT_TRUE((*session)->read("a", kLifetime));
    ASSERT_TRUE((*session)->write("a", as_bytes("x"), kLifetime));
    (*session)->close();
    service_.begin_refill();
    while (!service_.continue_refill(milliseconds(100)).is_over) continue;
    const auto stores = service_.stores();
    EXPECT_EQ(stores[0].refill_trouble, "");
    EXPECT_NE(stores[1].refill_trouble.find("are one server under two names"), std::string::npos)
        << stores[1].refill_trouble;

    bool is_told = false;
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is_told && std::chrono::steady_clock::now() < limit) {
        service_.after_response();
        for (JournalEntry entry; service_.journal().take(entry);)
            is_told |=
                std::string(entry.text).find("one server under two names") != std::string::npos;
    }
    EXPECT_TRUE(is_told);
    EXPECT_EQ(service_.stores()[1].same_server_as, service_.stores()[0].name);
    const auto before = page_->value(pool::Counter::DegradedWrites);
    ASSERT_TRUE((*session)->read("a", kLifetime));
    ASSERT_TRUE((*session)->write("a", as_bytes("y"), kLifetime));
    EXPECT_EQ(page_->value(pool::Counter::DegradedWrites), before + 1);
}

TEST_F(Refilling, TwoServersAreNotTakenForOne) {
    write("a", "x");
    service_.begin_refill();
    while (!service_.continue_refill(milliseconds(100)).is_over) continue;
    for (const auto& store : service_.stores()) EXPECT_EQ(store.refill_trouble, "");
}

}  // namespace
}  // namespace sessmirror::service
