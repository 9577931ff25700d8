// SPDX-License-Identifier: BSD-3-Clause
// A page at every allocation of which the heap may have become full: it may fail, and the process,
// the session and the next page go on.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "base/memory_reserve.h"
#include "memory/small_heap.h"
#include "pool/host_page.h"
#include "service/session_service.h"
#include "support/real_memcached.h"
#include "support/real_redis.h"

namespace sessmirror::service {
namespace {

using test::SmallHeap;

constexpr std::int64_t kLifetime = 1440;

class LackOfMemory : public ::testing::TestWithParam<Locking> {
  protected:
    LackOfMemory() {
        options_.locking = GetParam();
        options_.local = memcached_.spec().name();
        // A lack of memory is what is tested, not a lack of time.
        options_.io_timeout = options_.connect_timeout = std::chrono::seconds(5);
        options_.deadline = std::chrono::seconds(20);
    }
    std::string stores() const { return memcached_.spec().name() + "," + second_.spec().name(); }
    // What a page does; false when it has failed.
    bool serve(SessionService& service, const std::string& payload) {
        try {
            const auto session = service.open(options_, stores());
            if (!session) return false;
            const bool is_well = (*session)->read("visitor", kLifetime) &&
                                 (*session)->write("visitor", as_bytes(payload), kLifetime);
            (*session)->close();
            service.after_response();
            return is_well;
        } catch (const std::bad_alloc&) {  // as the shim's guarded() does
            return false;
        }
    }
    std::string read(SessionService& service) {
        const auto session = service.open(options_, stores());
        const auto loaded = (*session)->read("visitor", kLifetime);
        return loaded ? std::string(as_text(loaded->payload)) : loaded.error().detail;
    }
    static std::string payload_of(long number, std::size_t size) {
        std::string out = std::to_string(number) + "|";
        out.resize(size, 'x');
        return out;
    }
    // Whether it is what one of the first pages has written: one that fails may have stored its
    // change on some of the stores, which this process takes for down for a moment.
    static bool is_payload(const std::string& found, long pages, std::size_t size) {
        const long number = std::atol(found.c_str());
        return number <= pages && found == payload_of(number, size);
    }

    test::RealMemcached memcached_;
#ifdef SESSMIRROR_WITH_REDIS
    test::RealRedis second_;
#else
    test::RealMemcached second_;
#endif
    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
};

INSTANTIATE_TEST_SUITE_P(Locking, LackOfMemory, testing::Values(Locking::On, Locking::Optimistic),
                         [](const auto& kind) {
                             return std::string(kind.param == Locking::On ? "On" : "Optimistic");
                         });

TEST_P(LackOfMemory, CostsAPageAtMostWhereverItBegins) {
    SessionService service(*page_);
    for (const std::size_t size : {1'000u, 300'000u, 1'500'000u}) {
        ASSERT_TRUE(serve(service, payload_of(0, size)));
        int failed = 0;
        for (long n = 0;; ++n) {
            const std::string payload = payload_of(n + 1, size);
            SmallHeap::fill_after(n);
            failed += !serve(service, payload);
            if (!SmallHeap::recover()) break;
            const std::string found = read(service);
            ASSERT_TRUE(is_payload(found, n + 1, size))
                << size << " bytes, full after " << n << ": " << found.substr(0, 200);
        }
        EXPECT_GT(failed, 0);
    }
}

TEST_P(LackOfMemory, CostsAPageAtMostInAWorkerThatBegins) {
    const std::string payload = payload_of(0, 1'000);
    for (long n = 0;; ++n) {
        std::unique_ptr<SessionService> service;
        SmallHeap::fill_after(n);
        bool is_well = false;
        try {
            service = std::make_unique<SessionService>(*page_);
            is_well = serve(*service, payload);
        } catch (const std::bad_alloc&) {
        }
        const bool was_short = SmallHeap::recover();
        if (!was_short) {
            EXPECT_TRUE(is_well);
            break;
        }
        if (!service) service = std::make_unique<SessionService>(*page_);
        ASSERT_TRUE(serve(*service, payload)) << "after a lack of memory from " << n << " on";
    }
}

TEST(MemoryReserve, ServesAllocationsThatWouldHaveFailedAndIsFilledAgain) {
    MemoryReserve reserve;
    ASSERT_TRUE(reserve.fill());
    SmallHeap::fill_after(0);
    void* const first = ::operator new(1'000, std::nothrow);
    void* const too_large = ::operator new(100'000'000, std::nothrow);
    const bool is_filled = reserve.fill();
    SmallHeap::recover();
    EXPECT_NE(first, nullptr);
    EXPECT_EQ(too_large, nullptr);
    EXPECT_FALSE(is_filled);
    EXPECT_TRUE(reserve.fill());
    ::operator delete(first);
}

TEST(MemoryReserve, LeavesNothingBehind) {
    { const MemoryReserve reserve; }
    EXPECT_EQ(std::get_new_handler(), nullptr);
}

}  // namespace
}  // namespace sessmirror::service
