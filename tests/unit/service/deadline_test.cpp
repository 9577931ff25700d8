// SPDX-License-Identifier: BSD-3-Clause
// How long a page waits for stores that do not answer.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "support/fake_server.h"
#include "support/real_memcached.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;
constexpr Duration kTimeout = milliseconds(600);

Duration time_of(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::steady_clock::now() - start;
}

class Deadline : public ::testing::TestWithParam<Locking> {
  protected:
    Deadline() {
        options_.locking = GetParam();
        options_.io_timeout = options_.connect_timeout = kTimeout;
        options_.deadline = 5 * kTimeout;
        options_.hedge = false;
    }
    std::unique_ptr<Session> open(const std::string& stores) {
        auto session = service_.open(options_, stores);
        EXPECT_TRUE(session) << session.error().detail;
        return std::move(*session);
    }
    // What one page does with a session, new or not.
    void serve(const std::string& stores, const std::string& id) {
        const auto session = open(stores);
        EXPECT_TRUE(session->read(id, kLifetime));
        EXPECT_TRUE(session->write(id, as_bytes("cart"), kLifetime));
        session->close();
    }

    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    SessionService service_{*page_};
};

INSTANTIATE_TEST_SUITE_P(Locking, Deadline, testing::Values(Locking::On, Locking::Optimistic),
                         [](const auto& kind) {
                             return std::string(kind.param == Locking::On ? "On" : "Optimistic");
                         });

TEST_P(Deadline, TheFirstPageAfterAStoreHangsWaitsForOneTimeout) {
    test::RealMemcached first;
    test::RealMemcached second;
    const std::string stores = first.spec().name() + "," + second.spec().name();
    for (int i = 0; i < 8; ++i) serve(stores, "visitor " + std::to_string(i));
    first.stop();
    // Sessions that nobody has, of which every other one is at home on the store that hangs.
    Duration slowest{};
    for (int i = 0; i < 8 && slowest < kTimeout; ++i)
        slowest = std::max(slowest, time_of([&] { serve(stores, "new " + std::to_string(i)); }));
    EXPECT_GE(slowest, kTimeout) << "somebody has to find out";
    EXPECT_LT(slowest, 2 * kTimeout - milliseconds(50));
    first.resume();
}

TEST_P(Deadline, TheFirstPageThatConnectsToABlackHoleWaitsForOneTimeout) {
    test::RealMemcached good;
    const test::BlackHole hole;
    const std::string stores = good.spec().name() + ",127.0.0.1:" + std::to_string(hole.port());
    Duration slowest{};
    for (int i = 0; i < 8 && slowest < kTimeout; ++i)
        slowest = std::max(slowest, time_of([&] { serve(stores, "new " + std::to_string(i)); }));
    EXPECT_LT(slowest, 2 * kTimeout - milliseconds(50));
}

TEST_P(Deadline, HoldsForAStartAsAWholeWhereNoStoreAnswers) {
    options_.deadline = kTimeout + kTimeout / 2;
    test::RealMemcached first;
    test::RealMemcached second;
    test::RealMemcached third;
    const std::string stores =
        first.spec().name() + "," + second.spec().name() + "," + third.spec().name();
    serve(stores, "visitor");
    for (auto* const each : {&first, &second, &third}) each->stop();
    const auto session = open(stores);
    const Duration waited = time_of([&] {
        EXPECT_FALSE(session->exists("somebody", kLifetime));
        session->created("another");
        (void)session->read("another", kLifetime);
    });
    EXPECT_LT(waited, options_.deadline + milliseconds(150));
    for (auto* const each : {&first, &second, &third}) each->resume();
}

}  // namespace
}  // namespace sessmirror::service
