// SPDX-License-Identifier: BSD-3-Clause
// Locks that nobody waits for are given back all the same, before the worker goes idle.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "support/real_memcached.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;

class PendingReleasesTest : public ::testing::Test {
  protected:
    static std::unique_ptr<Session> open(SessionService& service, const Options& options,
                                         const std::string& stores) {
        auto session = service.open(options, stores);
        EXPECT_TRUE(session) << session.error().detail;
        return std::move(*session);
    }

    // A worker that dies while it has the session's lock.
    void kill_a_worker_with(const std::string& id) {
        const pid_t child = ::fork();
        if (child == 0) {
            SessionService service(*page_);
            const auto session = open(service, Options(), store_.spec().name());
            ::_exit(session->read(id, kLifetime) ? 0 : 1);
        }
        int status = -1;
        ::waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
    }

    void serve_a_page(SessionService& service) {
        open(service, Options(), store_.spec().name())->close();
        service.after_response();
    }

    template <class Condition>
    bool serve_until(SessionService& service, Condition holds) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        do serve_a_page(service);
        while (!holds() && std::chrono::steady_clock::now() < limit);
        return holds();
    }

    // As another host does, which cannot know that the holder is dead.
    bool is_locked_for_another_host(const std::string& id) {
        const auto page = pool::make_host_page(8);
        SessionService service(*page);
        Options options;
        options.lock_wait = Duration(0);
        return !open(service, options, store_.spec().name())->read(id, kLifetime);
    }

    test::RealMemcached store_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
};

TEST_F(PendingReleasesTest, TheLockOfADeadWorkerIsFreeWhenThePageThatFoundItIsOver) {
    kill_a_worker_with("visitor");
    ASSERT_TRUE(is_locked_for_another_host("visitor"));
    SessionService service(*page_);
    serve_a_page(service);
    EXPECT_FALSE(is_locked_for_another_host("visitor"));
}

TEST_F(PendingReleasesTest, ALockThatCouldNotBeBrokenIsBrokenWhenItsStoreAnswersAgain) {
    SessionService service(*page_);
    serve_until(service, [&] { return true; });
    kill_a_worker_with("visitor");
    store_.stop();
    // The release goes out, and fails.
    ASSERT_TRUE(serve_until(service, [&] { return !service.stores()[0].is_up; }));
    store_.resume();
    EXPECT_TRUE(serve_until(service, [&] { return !is_locked_for_another_host("visitor"); }));
}

}  // namespace
}  // namespace sessmirror::service
