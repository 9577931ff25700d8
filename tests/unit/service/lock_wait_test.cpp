// SPDX-License-Identifier: BSD-3-Clause
// Requests that wait for a session's lock, as processes of one host and of others, at a real store.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <string>
#include <vector>

#include "net/event_loop.h"
#include "pool/host_page.h"
#include "service/session_service.h"
#include "support/real_memcached.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;
constexpr std::string_view kId = "shared";

// What the processes of a test tell each other.
struct Board {
    std::atomic<bool> is_locked{false};
    std::atomic<std::int64_t> released_ns{0};
    std::atomic<std::int64_t> slowest_ns{0};
    std::atomic<std::uint64_t> requests{0};
};

class LockWait : public testing::Test {
  protected:
    LockWait() {
        void* const memory =
            mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        board_ = new (memory) Board;
    }
    ~LockWait() override { munmap(board_, sizeof(Board)); }

    [[nodiscard]] std::int64_t now_ns() const { return clock_.now().time_since_epoch().count(); }

    static void pass(Duration time) {
        net::EventLoop loop;
        const bool never = false;
        (void)loop.run_until(never, loop.now() + time);
    }
    template <class Work>
    void run_in_child(Work work) {
        const pid_t child = fork();
        if (child == 0) _exit(work() ? 0 : 1);
        children_.push_back(child);
    }
    void expect_children_well() {
        for (const pid_t child : children_) {
            int status = 0;
            waitpid(child, &status, 0);
            EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        children_.clear();
    }

    // A request that takes the session for that long, or for as long as it needs to change it.
    bool serve(pool::HostPage& page, Duration work) {
        SessionService service(page);
        auto session = service.open(options_, store_.spec().name());
        const std::int64_t start = now_ns();
        const auto loaded = (*session)->read(kId, kLifetime);
        if (!loaded) return false;
        note(board_->slowest_ns, now_ns() - start);
        board_->is_locked = true;
        if (work > Duration::zero()) pass(work);
        const std::string before(as_text(loaded->payload));
        const bool is_stored =
            (*session)->write(kId, as_bytes(before + "+"), kLifetime).has_value();
        (*session)->close();
        board_->released_ns = now_ns();
        service.after_response();
        note(board_->requests, service.stores().front().requests);
        return is_stored;
    }
    template <class Number>
    static void note(std::atomic<Number>& most, Number value) {
        Number known = most;
        while (known < value && !most.compare_exchange_weak(known, value)) {
        }
    }
    void hold_in_child(pool::HostPage& page, Duration time) {
        run_in_child([&, time] { return serve(page, time); });
        while (!board_->is_locked) pass(milliseconds(1));
        board_->slowest_ns = 0;
        board_->requests = 0;
    }
    std::string content() {
        SessionService service(*page_);
        auto session = service.open(options_, store_.spec().name());
        const auto loaded = (*session)->read(kId, kLifetime);
        return loaded ? std::string(as_text(loaded->payload)) : loaded.error().detail;
    }

    test::RealMemcached store_;
    Options options_;
    net::EventLoop clock_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    pool::HostPagePtr other_host_ = pool::make_host_page(8);
    Board* board_ = nullptr;
    std::vector<pid_t> children_;
};

TEST_F(LockWait, ALongHolderIsAskedForFewTimesAndItsHostSeesAtOnceThatItGaveUp) {
    hold_in_child(*page_, milliseconds(1500));
    ASSERT_TRUE(serve(*page_, {}));
    const std::int64_t served = now_ns();
    expect_children_well();
    EXPECT_EQ(content(), "++");
    EXPECT_LT(board_->requests, 60u);
    EXPECT_GT(board_->slowest_ns, Duration(milliseconds(1000)).count());
    // Woken by the page; the next question would have been due a quarter of a second later.
    EXPECT_LT(served - board_->released_ns, Duration(milliseconds(150)).count());
}

TEST_F(LockWait, AnotherHostsLockIsTakenAQuarterOfASecondAfterItWasGivenUp) {
    hold_in_child(*other_host_, milliseconds(1500));
    ASSERT_TRUE(serve(*page_, {}));
    expect_children_well();
    EXPECT_LT(board_->requests, 60u);
    EXPECT_LT(board_->slowest_ns, Duration(milliseconds(2500)).count());
}

TEST_F(LockWait, ManyShortHoldersOfTwoHostsAreServedInTurnsAndNoneIsLeftBehind) {
    constexpr int kRequests = 24;
    for (int i = 0; i < kRequests; ++i)
        run_in_child([&, i] { return serve(i % 2 == 0 ? *page_ : *other_host_, milliseconds(5)); });
    expect_children_well();
    EXPECT_EQ(content().size(), static_cast<std::size_t>(kRequests));
    EXPECT_LT(board_->slowest_ns, Duration(milliseconds(3000)).count());
}

}  // namespace
}  // namespace sessmirror::service
