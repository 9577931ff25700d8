// SPDX-License-Identifier: BSD-3-Clause
// A site moves here from another handler: what its visitors bring was stored by that one.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "store/session_key.h"
#include "support/real_memcached.h"
#include "support/temporary_directory.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;
const std::string kId = "0123456789abcdefghijklmnop";

class TakenOver : public testing::TestWithParam<Locking> {
  protected:
    TakenOver() {
        options_.redundancy = 2;
        options_.locking = GetParam();
        options_.local = first_.spec().name();
        options_.import_from = "files://" + folder_.path();
        options_.max_session_bytes = 100'000;
    }
    std::unique_ptr<Session> open(SessionService& service) {
        auto session = service.open(options_, first_.spec().name() + "," + second_.spec().name());
        EXPECT_TRUE(session) << session.error().detail;
        return std::move(*session);
    }
    std::unique_ptr<Session> open() { return open(service_); }
    [[nodiscard]] std::string file(const std::string& id = kId) const {
        return folder_.path() + "/sess_" + id;
    }
    void store_old(const std::string& content) { std::ofstream(file()) << content; }
    std::string read(const std::string& id = kId) {
        const auto session = open();
        const auto loaded = session->read(id, kLifetime);
        if (!loaded) return loaded.error().detail;
        return loaded->exists ? std::string(as_text(loaded->payload)) : "(none)";
    }
    [[nodiscard]] std::uint64_t counted(pool::Counter counter) const {
        return page_->value(counter);
    }
    [[nodiscard]] bool is_stored() const {
        const auto key = store::derive_key(options_.key_prefix, "", kId);
        return first_.ask("mg " + std::string(key.text()) + " s\r\n").starts_with("HD");
    }

    test::RealMemcached first_;
    test::RealMemcached second_;
    test::TemporaryDirectory folder_;
    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    SessionService service_{*page_};
};

INSTANTIATE_TEST_SUITE_P(Locking, TakenOver,
                         testing::Values(Locking::On, Locking::Optimistic, Locking::Off),
                         [](const auto& kind) {
                             return std::string(kind.param == Locking::On           ? "On"
                                                : kind.param == Locking::Optimistic ? "Optimistic"
                                                                                    : "Off");
                         });

TEST_P(TakenOver, AnOldSessionIsThatOfItsVisitorFromTheFirstPageOn) {
    store_old("x|i:1;");
    EXPECT_EQ(read(), "x|i:1;");
    EXPECT_TRUE(is_stored());
    EXPECT_EQ(counted(pool::Counter::Imported), 1u);
    EXPECT_NE(page_->last_import_unix.load(), 0u);
    store_old("x|i:2;");
    EXPECT_EQ(read(), "x|i:1;");  // it is here now
    EXPECT_EQ(counted(pool::Counter::Imported), 1u);
    EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_P(TakenOver, ThePageCanChangeItAndTheClientHearsOfIt) {
    store_old("x|i:1;");
    {
        const auto session = open();
        ASSERT_TRUE(session->read(kId, kLifetime));
        EXPECT_TRUE(session->has_new_token());
        EXPECT_TRUE(session->write(kId, as_bytes("x|i:2;"), kLifetime, record::Serialization::Php));
    }
    EXPECT_EQ(read(), "x|i:2;");
    EXPECT_EQ(counted(pool::Counter::Conflicts), 0u);
}

TEST_P(TakenOver, StrictModeKnowsIt) {
    store_old("x|i:1;");
    const auto session = open();
    const auto exists = session->exists(kId, kLifetime);
    ASSERT_TRUE(exists) << exists.error().detail;
    EXPECT_TRUE(*exists);
    const auto loaded = session->read(kId, kLifetime);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(as_text(loaded->payload), "x|i:1;");
    EXPECT_FALSE(*open()->exists("nobody-has-stored-this-id", kLifetime));
}

TEST_P(TakenOver, WhatThePageGivesUpIsStillTakenOver) {
    store_old("x|i:1;");
    {
        const auto session = open();
        ASSERT_TRUE(session->read(kId, kLifetime));
        ASSERT_TRUE(
            session->commit(kId, as_bytes("x|i:2;"), kLifetime, record::Serialization::Php));
        ASSERT_TRUE(session->reset());
        const auto again = session->read(kId, kLifetime);
        ASSERT_TRUE(again);
        EXPECT_EQ(as_text(again->payload), "x|i:1;");
    }
    EXPECT_EQ(read(), "x|i:1;");
}

TEST_P(TakenOver, AtOnceByManyRequestsItIsTakenOverOnce) {
    constexpr int kRequests = 6;
    store_old("x|i:1;");
    std::vector<std::thread> requests;
    std::atomic<int> waiting{0};
    for (int i = 0; i < kRequests; ++i)
        requests.emplace_back([this, i, &waiting] {
            SessionService service(*page_);
            const auto session = open(service);
            ++waiting;
            while (waiting < kRequests) std::this_thread::yield();
            const auto loaded = session->read(kId, kLifetime);
            ASSERT_TRUE(loaded) << loaded.error().detail;
            EXPECT_TRUE(loaded->exists);
            const std::string more =
                std::string(as_text(loaded->payload)) + "k" + std::to_string(i) + "|i:1;";
            EXPECT_TRUE(session->write(kId, as_bytes(more), kLifetime, record::Serialization::Php));
        });
    for (auto& request : requests) request.join();
    EXPECT_EQ(counted(pool::Counter::Imported), 1u);
    if (GetParam() == Locking::Off) return;  // the last writer wins
    const std::string all = read();
    for (int i = 0; i < kRequests; ++i)
        EXPECT_NE(all.find("k" + std::to_string(i) + "|"), std::string::npos) << all;
}

TEST_P(TakenOver, AfterALogOutItDoesNotRiseAgain) {
    store_old("x|i:1;");
    ASSERT_EQ(read(), "x|i:1;");
    {
        const auto session = open();
        EXPECT_TRUE(session->destroy(kId, kLifetime));
    }
    EXPECT_FALSE(std::filesystem::exists(file()));
    store_old("x|i:1;");  // a host with the old handler writes once more
    EXPECT_EQ(read(), "(none)");
    EXPECT_FALSE(*open()->exists(kId, kLifetime));
    EXPECT_EQ(counted(pool::Counter::Imported), 1u);
}

TEST_P(TakenOver, ALogOutAsFirstPageEndsItEverywhere) {
    store_old("x|i:1;");
    EXPECT_TRUE(open()->destroy(kId, kLifetime));
    EXPECT_FALSE(std::filesystem::exists(file()));
    store_old("x|i:1;");
    EXPECT_EQ(read(), "(none)");
}

TEST_P(TakenOver, AnIdThatPhpCannotHaveDrawnIsNotLookedFor) {
    std::filesystem::create_directory(folder_.path() + "/sess_");
    std::ofstream(folder_.path() + "/secret") << "x|i:1;";
    EXPECT_EQ(read("/../secret"), "(none)");
    EXPECT_EQ(read("0123456789abcdef\nnop"), "(none)");
    EXPECT_EQ(counted(pool::Counter::ImportFailures), 0u);
}

TEST_P(TakenOver, WhatCannotBeStoredHereIsNotFoundAndTold) {
    store_old(std::string(100'001, 'x'));
    EXPECT_EQ(read(), "(none)");
    EXPECT_EQ(counted(pool::Counter::ImportFailures), 1u);
    JournalEntry line;
    ASSERT_TRUE(service_.journal().take(line));
    EXPECT_EQ(line.severity, Severity::Warning);
    EXPECT_EQ(std::string(line.text).find(kId), std::string::npos);
    EXPECT_EQ(read(), "(none)");
    EXPECT_FALSE(service_.journal().take(line));
}

// A place that cannot be asked may have the session, and an empty one would bury it.
TEST_P(TakenOver, NoSessionIsBegunWhereAnOldPlaceCannotBeAsked) {
    std::filesystem::create_symlink("nowhere", file());
    const std::string message = read();
    EXPECT_NE(message.find(folder_.path()), std::string::npos) << message;
    EXPECT_EQ(counted(pool::Counter::ImportFailures), 1u);
    EXPECT_EQ(read("nobody-has-stored-this-id"), "(none)");
}

// It has seen it end, or be changed, here.
TEST_P(TakenOver, AClientThatKnowsMoreGetsItAsTheDirectiveForStaleSessionsSays) {
    std::string token;
    {
        const auto session = open();
        ASSERT_TRUE(session->read(kId, kLifetime));
        EXPECT_TRUE(session->write(kId, as_bytes("new"), kLifetime));
        token = session->token()->text();
    }
    (void)first_.ask("flush_all\r\n");
    (void)second_.ask("flush_all\r\n");
    store_old("old");
    for (const OnStale on_stale : {OnStale::Fail, OnStale::ReadOnly}) {
        options_.on_stale = on_stale;
        const auto session = open();
        session->set_token(token, true);
        const auto loaded = session->read(kId, kLifetime);
        ASSERT_TRUE(loaded) << loaded.error().detail;
        EXPECT_FALSE(loaded->exists);
    }
    options_.on_stale = OnStale::Serve;
    const auto session = open();
    session->set_token(token, true);
    const auto loaded = session->read(kId, kLifetime);
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(as_text(loaded->payload), "old");
    EXPECT_EQ(counted(pool::Counter::StaleReads), 1u);
}

TEST_P(TakenOver, ALogOutThatTheClientKnowsOfIsOneForTheOldPlaceToo) {
    std::string token;
    store_old("x|i:1;");
    {
        const auto session = open();
        EXPECT_TRUE(session->destroy(kId, kLifetime));
        token = session->token()->text();
    }
    (void)first_.ask("flush_all\r\n");
    (void)second_.ask("flush_all\r\n");
    store_old("x|i:1;");
    const auto session = open();
    session->set_token(token, true);
    const auto loaded = session->read(kId, kLifetime);
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_FALSE(loaded->exists);
}

TEST_P(TakenOver, AWrongListFailsEveryStartAndSaysWhy) {
    options_.import_from = "file:///tmp";
    const auto session =
        service_.open(options_, first_.spec().name() + "," + second_.spec().name());
    ASSERT_FALSE(session);
    EXPECT_EQ(session.error().code, Errc::BadConfig);
}

}  // namespace
}  // namespace sessmirror::service
