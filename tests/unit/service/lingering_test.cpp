// SPDX-License-Identifier: BSD-3-Clause
// Two real stores, and copies that a page did not wait for (ack = one).
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "store/session_key.h"
#include "support/real_memcached.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;
constexpr int kSessions = 8;  // some have their home here, some there

class Lingering : public ::testing::Test {
  protected:
    Lingering() {
        options_.redundancy = 2;
        options_.ack = Ack::One;
        options_.locking = Locking::Off;
        options_.deadline = milliseconds(50);
        options_.local = first_.spec().name();
    }
    static std::string id_of(int number) { return "visitor " + std::to_string(number); }
    std::string key_of(const std::string& id) const {
        return std::string(store::derive_key(options_.key_prefix, "", id).text());
    }
    void write(const std::string& id, const std::string& payload) {
        auto session = service_.open(options_, first_.spec().name() + "," + second_.spec().name());
        ASSERT_TRUE(session) << session.error().detail;
        EXPECT_TRUE((*session)->read(id, kLifetime));
        EXPECT_TRUE((*session)->write(id, as_bytes(payload), kLifetime));
        (*session)->close();
    }
    // The last page has to ask the other store for its token: its second copy takes two steps.
    void write_in_two_steps(const std::string& id) {
        write(id, "old");
        service_.after_response();
        for (test::RealMemcached* store : {&first_, &second_})
            (void)store->ask("md " + key_of(id) + ".c\r\n");
        write(id, "new");
    }

    test::RealMemcached first_;
    test::RealMemcached second_;
    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    SessionService service_{*page_};
};

TEST_F(Lingering, EveryCopyIsStoredBeforeTheWorkerRests) {
    for (int i = 0; i < kSessions; ++i) {
        write_in_two_steps(id_of(i));
        service_.after_response();
        for (test::RealMemcached* store : {&first_, &second_})
            EXPECT_NE(store->ask("mg " + key_of(id_of(i)) + " v\r\n").find("new"),
                      std::string::npos);
    }
}

TEST_F(Lingering, NoStoreIsCalledDownForAnAnswerThatItsWorkerDidNotRead) {
    for (int i = 0; i < kSessions; ++i) {
        write_in_two_steps(id_of(i));
        const auto idle_until = std::chrono::steady_clock::now() + 2 * options_.deadline;
        while (std::chrono::steady_clock::now() < idle_until) {
        }
        write("another", std::to_string(i));
    }
    EXPECT_EQ(page_->value(pool::Counter::Timeouts), 0u);
    for (const auto& store : service_.stores()) EXPECT_EQ(store.errors, 0u) << store.name;
}

}  // namespace
}  // namespace sessmirror::service
