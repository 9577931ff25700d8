// SPDX-License-Identifier: BSD-3-Clause
#include "net/fd_watch.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

namespace sessmirror::net {
namespace {

using std::chrono::seconds;

class Reader final : public FdSink {
  public:
    void on_fd_ready(FdEvents ready) noexcept override {
        last = ready;
        ++calls;
        is_told = true;
        if (drains) {
            std::array<char, 64> buffer{};
            const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (size > 0) text.append(buffer.data(), static_cast<std::size_t>(size));
            has_ended = has_ended || size == 0;
        }
    }
    void on_fd_forked() noexcept override { is_forked = true; }

    int fd = -1;
    bool drains = true;
    FdEvents last;
    int calls = 0;
    bool is_told = false;
    bool is_forked = false;
    bool has_ended = false;
    std::string text;
};

// A pair of sockets, one of which is watched.
class FdWatchTest : public testing::TestWithParam<bool> {
  protected:
    FdWatchTest() {
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_.data()), 0);
        reader_.fd = fds_[0];
        watch_.await(GetParam());
    }
    ~FdWatchTest() override {
        watch_.stop();
        for (const int fd : fds_)
            if (fd >= 0) ::close(fd);
    }
    void say(std::string_view text) const {
        ASSERT_EQ(::send(fds_[1], text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    }
    bool is_told_within(Duration time) {
        reader_.is_told = false;
        return loop_.run_until(reader_.is_told, loop_.now() + time);
    }

    std::array<int, 2> fds_{-1, -1};
    EventLoop loop_;
    Reader reader_;
    FdWatch watch_{loop_, reader_};
};

INSTANTIATE_TEST_SUITE_P(Waits, FdWatchTest, testing::Bool(), [](const auto& kind) {
    return std::string(kind.param ? "Awaited" : "NotAwaited");
});

TEST_P(FdWatchTest, TellsOfBytesAndOfTheEnd) {
    ASSERT_TRUE(watch_.watch(fds_[0], {.read = true}));
    EXPECT_FALSE(is_told_within(milliseconds(20)));
    say("one");
    ASSERT_TRUE(is_told_within(seconds(5)));
    EXPECT_EQ(reader_.last, (FdEvents{.read = true}));
    EXPECT_EQ(reader_.text, "one");
    ::close(std::exchange(fds_[1], -1));
    ASSERT_TRUE(is_told_within(seconds(5)));
    EXPECT_TRUE(reader_.has_ended);
}

TEST_P(FdWatchTest, TellsOfRoomToWriteOnlyWhileThatIsWanted) {
    reader_.drains = false;
    ASSERT_TRUE(watch_.watch(fds_[0], {.read = true, .write = true}));
    ASSERT_TRUE(is_told_within(seconds(5)));
    EXPECT_EQ(reader_.last, (FdEvents{.write = true}));
    ASSERT_TRUE(watch_.watch(fds_[0], {.read = true}));
    EXPECT_FALSE(is_told_within(milliseconds(20)));
}

TEST_P(FdWatchTest, SaysNothingAfterItWasStopped) {
    ASSERT_TRUE(watch_.watch(fds_[0], {.read = true}));
    say("one");
    watch_.stop();
    EXPECT_FALSE(is_told_within(milliseconds(20)));
    ASSERT_TRUE(watch_.watch(fds_[0], {.read = true})) << "it may begin again";
    EXPECT_TRUE(is_told_within(seconds(5)));
}

// What is ready without end keeps neither timers nor deadlines waiting.
TEST_P(FdWatchTest, KeepsTheDeadlineOfWhoeverWaits) {
    reader_.drains = false;
    ASSERT_TRUE(watch_.watch(fds_[0], {.read = true}));
    say("one");
    const bool never = false;
    const TimePoint start = loop_.now();
    EXPECT_FALSE(loop_.run_until(never, start + milliseconds(30)));
    EXPECT_LT(loop_.now() - start, seconds(2));
    EXPECT_GT(reader_.calls, 0);
}

TEST_P(FdWatchTest, IsStoppedInAForkedChildAndGoesOnInTheParent) {
    ASSERT_TRUE(watch_.watch(fds_[0], {.read = true}));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        say("for the parent");
        const bool is_silent = !is_told_within(milliseconds(20));
        ::_exit(reader_.is_forked && is_silent && reader_.calls == 0 ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    ASSERT_TRUE(is_told_within(seconds(5)));
    EXPECT_EQ(reader_.text, "for the parent");
    EXPECT_FALSE(reader_.is_forked);
}

}  // namespace
}  // namespace sessmirror::net
