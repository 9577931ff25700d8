// SPDX-License-Identifier: BSD-3-Clause
// Two real stores and sessions that are compressed.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "store/session_key.h"
#include "support/real_memcached.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;

std::string large(char letter) {
    return "a|s:100000:\"" + std::string(100000, letter) + "\";";
}

class Compressed : public ::testing::Test {
  protected:
    Compressed() {
        options_.redundancy = 2;
        options_.locking = Locking::Optimistic;
        options_.local = first_.spec().name();
        options_.compression = Compression::Zstd;
    }
    std::unique_ptr<Session> open() {
        auto session = service_.open(options_, first_.spec().name() + "," + second_.spec().name());
        EXPECT_TRUE(session) << session.error().detail;
        return std::move(*session);
    }
    void write(const std::string& payload) {
        const auto session = open();
        ASSERT_TRUE(session->read("visitor", kLifetime));
        const Status outcome =
            session->write("visitor", as_bytes(payload), kLifetime, record::Serialization::Php);
        EXPECT_TRUE(outcome) << outcome.error().detail;
    }
    std::string read() {
        const auto session = open();
        const auto loaded = session->read("visitor", kLifetime);
        return loaded ? std::string(as_text(loaded->payload)) : loaded.error().detail;
    }
    std::string item(const test::RealMemcached& store) const {
        const auto key = store::derive_key(options_.key_prefix, "", "visitor");
        return store.ask("mg " + std::string(key.text()) + " s\r\n");
    }
    std::uint64_t writes() const { return page_->value(pool::Counter::Writes); }

    test::RealMemcached first_;
    test::RealMemcached second_;
    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    SessionService service_{*page_};
};

TEST_F(Compressed, AnUnchangedSessionIsNotWrittenAgain) {
    write(large('x'));
    EXPECT_EQ(writes(), 1u);
    write(large('x'));
    EXPECT_EQ(writes(), 1u);
    write(large('y'));
    EXPECT_EQ(writes(), 2u);
}

TEST_F(Compressed, TheStoresHoldLessAndAreReadWithoutTheDirectiveAsWell) {
    write(large('x'));
    EXPECT_LT(item(first_).size(), 12u) << item(first_);  // "HD s<under 10000>"
    options_.compression = Compression::None;
    EXPECT_EQ(read(), large('x'));
    write(large('y'));
    options_.compression = Compression::Zstd;
    EXPECT_EQ(read(), large('y'));
}

TEST_F(Compressed, AChangeAfterACommitIsStoredAndARollBackRestoresWhatWas) {
    write(large('x'));
    {
        const auto session = open();
        ASSERT_TRUE(session->read("visitor", kLifetime));
        const auto form = record::Serialization::Php;
        ASSERT_TRUE(session->commit("visitor", as_bytes(large('y')), kLifetime, form));
        ASSERT_TRUE(session->write("visitor", as_bytes(large('y')), kLifetime, form));
        EXPECT_EQ(writes(), 2u);  // the write found the commit's content
    }
    EXPECT_EQ(read(), large('y'));
    {
        const auto session = open();
        ASSERT_TRUE(session->read("visitor", kLifetime));
        ASSERT_TRUE(session->commit("visitor", as_bytes(large('z')), kLifetime,
                                    record::Serialization::Php));
        ASSERT_TRUE(session->reset());
    }
    EXPECT_EQ(read(), large('y'));
}

TEST_F(Compressed, ACopyThatNobodyWaitedForIsWhole) {
    options_.ack = Ack::One;
    options_.locking = Locking::Off;
    std::string payload = large('x');
    write(payload);
    service_.after_response();
    // The second step of the slower copy comes after the page's own bytes are gone.
    const auto key = std::string(store::derive_key(options_.key_prefix, "", "visitor").text());
    for (test::RealMemcached* store : {&first_, &second_}) (void)store->ask("md " + key + ".c\r\n");
    payload = large('y');
    write(payload);
    payload.assign(payload.size(), '?');
    service_.after_response();
    for (const test::RealMemcached* only : {&second_, &first_}) {
        options_.local = only->spec().name();
        EXPECT_EQ(read(), large('y'));
    }
}

}  // namespace
}  // namespace sessmirror::service
