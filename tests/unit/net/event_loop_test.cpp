// SPDX-License-Identifier: BSD-3-Clause
#include "net/event_loop.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace sessmirror::net {
namespace {

enum class Kind { Exact, Guard };

class Ring final : public TimerSink {
  public:
    Ring(EventLoop& loop, int needed, Kind kind = Kind::Exact)
        : timer(kind == Kind::Exact ? loop.make_timer(*this) : loop.make_guard_timer(*this)),
          loop_(loop),
          left_(needed) {}
    void on_timer() noexcept override {
        rang_at.push_back(loop_.now());
        if (--left_ == 0) done = true;
    }
    std::unique_ptr<Timer> timer;
    std::vector<TimePoint> rang_at;
    bool done = false;

  private:
    EventLoop& loop_;
    int left_;
};

class EventLoopTimer : public testing::TestWithParam<Kind> {
  protected:
    EventLoop loop;
};

INSTANTIATE_TEST_SUITE_P(Kinds, EventLoopTimer, testing::Values(Kind::Exact, Kind::Guard),
                         [](const auto& kind) {
                             return std::string(kind.param == Kind::Exact ? "Exact" : "Guard");
                         });

TEST_P(EventLoopTimer, FiresNotBeforeItsTime) {
    for (int i = 0; i < 10; ++i) {
        Ring ring(loop, 1, GetParam());
        const TimePoint start = loop.now();
        ring.timer->start(milliseconds(7));
        ASSERT_TRUE(loop.run_until(ring.done, start + std::chrono::seconds(5)));
        EXPECT_GE(ring.rang_at.front() - start, milliseconds(7));
        EXPECT_LT(ring.rang_at.front() - start, std::chrono::seconds(4));
    }
}

TEST_P(EventLoopTimer, StaysSilentWhenItIsStoppedOrDestroyed) {
    Ring stopped(loop, 1, GetParam());
    stopped.timer->start(milliseconds(1));
    stopped.timer->stop();
    Ring destroyed(loop, 1, GetParam());
    destroyed.timer->start(milliseconds(1));
    destroyed.timer.reset();
    EXPECT_FALSE(loop.run_until(stopped.done, loop.now() + milliseconds(20)));
    EXPECT_TRUE(stopped.rang_at.empty());
    EXPECT_TRUE(destroyed.rang_at.empty());
}

TEST_P(EventLoopTimer, StartingItAgainReplacesItsTime) {
    Ring ring(loop, 2, GetParam());
    ring.timer->start(std::chrono::hours(1));
    ring.timer->start(Duration::zero());
    EXPECT_FALSE(loop.run_until(ring.done, loop.now() + milliseconds(20)));
    EXPECT_EQ(ring.rang_at.size(), 1u);
}

TEST_P(EventLoopTimer, DoesTheSameAfterTheLoopHasWaited) {
    Ring stopped(loop, 1, GetParam());
    Ring destroyed(loop, 1, GetParam());
    Ring sooner(loop, 1, GetParam());
    for (Ring* const each : {&stopped, &destroyed, &sooner})
        each->timer->start(std::chrono::seconds(2));
    EXPECT_FALSE(loop.run_until(sooner.done, loop.now() + milliseconds(5)));
    stopped.timer->stop();
    destroyed.timer.reset();
    const TimePoint start = loop.now();
    sooner.timer->start(milliseconds(20));
    EXPECT_TRUE(loop.run_until(sooner.done, start + std::chrono::seconds(5)));
    EXPECT_LT(loop.now() - start, milliseconds(1500));
    EXPECT_FALSE(loop.run_until(stopped.done, start + milliseconds(2200)));
    EXPECT_TRUE(destroyed.rang_at.empty());
    stopped.timer->start(milliseconds(1));
    EXPECT_TRUE(loop.run_until(stopped.done, loop.now() + std::chrono::seconds(5)));
}

TEST(EventLoop, StopsWaitingAtTheDeadline) {
    EventLoop loop;
    const bool never = false;
    const TimePoint start = loop.now();
    EXPECT_FALSE(loop.run_until(never, start + milliseconds(20)));
    EXPECT_GE(loop.now() - start, milliseconds(20));
    EXPECT_FALSE(loop.run_until(never, start)) << "a deadline in the past does not wait";
}

TEST(EventLoop, DoesNotRunWhenAllIsDone) {
    EventLoop loop;
    Ring ring(loop, 1);
    ring.timer->start(Duration::zero());
    const bool done = true;
    EXPECT_TRUE(loop.run_until(done, loop.now() + std::chrono::seconds(5)));
    EXPECT_TRUE(ring.rang_at.empty());
}

TEST(EventLoop, HandlesWhatIsReadyWithoutWaiting) {
    EventLoop loop;
    Ring later(loop, 1);
    later.timer->start(std::chrono::hours(1));
    const TimePoint start = loop.now();
    loop.run_ready();
    EXPECT_LT(loop.now() - start, std::chrono::seconds(5));
    EXPECT_TRUE(later.rang_at.empty());
}

// A socket whose answer is there at the first question.
class Answer final : public AwaitedSocket {
  public:
    explicit Answer(EventLoop& loop) : loop_(loop) { loop.await(*this); }
    ~Answer() { loop_.await_no_longer(*this); }
    bool receive_directly(TimePoint until) noexcept override {
        limit = until;
        ++questions;
        if (is_late || loop_.now() >= until) return false;
        if (never_ends) return true;
        loop_.await_no_longer(*this);
        return done = true;
    }
    bool done = false;
    bool is_late = false;
    bool never_ends = false;
    int questions = 0;
    TimePoint limit;

  private:
    EventLoop& loop_;
};

TEST(EventLoop, WaitsInTheOnlySocketThatIsAwaited) {
    EventLoop loop;
    Answer answer(loop);
    loop.await(answer);
    const TimePoint deadline = loop.now() + std::chrono::seconds(5);
    EXPECT_TRUE(loop.run_until(answer.done, deadline));
    EXPECT_EQ(answer.limit, deadline);
}

TEST(EventLoop, WaitsInNoSocketWhenTwoAreAwaited) {
    EventLoop loop;
    Answer one(loop);
    Answer other(loop);
    EXPECT_FALSE(loop.run_until(one.done, loop.now() + milliseconds(5)));
    EXPECT_FALSE(other.done);
}

TEST(EventLoop, WaitsInOneSocketAfterTheOtherWhenEveryAnswerIsNeeded) {
    EventLoop loop;
    Answer one(loop);
    Answer other(loop);
    const TimePoint deadline = loop.now() + std::chrono::seconds(5);
    EXPECT_TRUE(loop.run_until(other.done, deadline, Answers::Every));
    EXPECT_TRUE(one.done) << "which was awaited first";
    EXPECT_EQ(other.questions, 1);
}

TEST(EventLoop, OneThatIsLateKeepsTheOthersWaitingOnceOnly) {
    EventLoop loop;
    Answer late(loop);
    late.is_late = true;
    Answer other(loop);
    Ring early(loop, 1);
    early.timer->start(milliseconds(1));
    Ring ring(loop, 1);
    ring.timer->start(milliseconds(30));
    EXPECT_TRUE(loop.run_until(ring.done, loop.now() + std::chrono::seconds(5), Answers::Every));
    EXPECT_TRUE(early.done) << "the loop went round before";
    EXPECT_EQ(late.questions, 1);
    EXPECT_EQ(other.questions, 0) << "it has not been asked in front of the loop's events";
}

TEST(EventLoop, AnAnswerThatNeverEndsKeepsNoTimerWaiting) {
    EventLoop loop;
    Answer endless(loop);
    endless.never_ends = true;
    Ring guard(loop, 1, Kind::Guard);
    const TimePoint start = loop.now();
    guard.timer->start(milliseconds(10));
    EXPECT_TRUE(loop.run_until(guard.done, start + std::chrono::seconds(5)));
    EXPECT_LT(loop.now() - start, std::chrono::seconds(4));
}

TEST(EventLoop, TellsTheSocketWhenATimerIsDue) {
    EventLoop loop;
    Answer answer(loop);
    Ring exact(loop, 1);
    exact.timer->start(std::chrono::seconds(2));
    Ring stopped(loop, 1);
    stopped.timer->start(std::chrono::seconds(1));
    stopped.timer->stop();
    Ring guard(loop, 1, Kind::Guard);
    guard.timer->start(milliseconds(1));
    const TimePoint now = loop.now();
    EXPECT_TRUE(loop.run_until(answer.done, now + std::chrono::seconds(5)));
    EXPECT_GT(answer.limit, now + milliseconds(1500));
    EXPECT_LE(answer.limit, now + std::chrono::seconds(2));
}

class Guest final : public ReadySource {
  public:
    Guest(EventLoop& loop, std::vector<int>& log, int name) : loop_(loop), log_(log), name_(name) {}
    void on_ready() noexcept override {
        log_.push_back(name_);
        if (reposts-- > 0) loop_.post(*this);
        if (static_cast<int>(log_.size()) == until) done = true;
    }
    int reposts = 0;
    int until = 1;
    bool done = false;

  private:
    EventLoop& loop_;
    std::vector<int>& log_;
    int name_;
};

TEST(EventLoop, CallsWhoIsReadyInTheOrderOfPostsAndNeverInsideOfPost) {
    EventLoop loop;
    std::vector<int> log;
    Guest first(loop, log, 1);
    Guest second(loop, log, 2);
    second.until = 3;
    loop.post(first);
    loop.post(second);
    loop.post(second);
    EXPECT_TRUE(log.empty());
    EXPECT_TRUE(loop.run_until(second.done, loop.now() - milliseconds(1))) << "without any time";
    EXPECT_EQ(log, (std::vector<int>{1, 2, 2}));
}

TEST(EventLoop, StopsAsSoonAsItIsDoneAndKeepsTheRestForLater) {
    EventLoop loop;
    std::vector<int> log;
    Guest first(loop, log, 1);
    Guest second(loop, log, 2);
    loop.post(first);
    loop.post(second);
    EXPECT_TRUE(loop.run_until(first.done, loop.now() + std::chrono::seconds(5)));
    EXPECT_EQ(log, (std::vector<int>{1}));
    loop.run_ready();
    EXPECT_EQ(log, (std::vector<int>{1, 2}));
}

TEST(EventLoop, WhoIsGoneIsNotCalled) {
    EventLoop loop;
    std::vector<int> log;
    Guest stays(loop, log, 1);
    {
        Guest goes(loop, log, 2);
        loop.post(goes);
        loop.post(stays);
        loop.post(goes);
        loop.unpost(goes);
    }
    loop.run_ready();
    EXPECT_EQ(log, (std::vector<int>{1}));
}

TEST(EventLoop, WhoIsAlwaysReadyEndsAtTheDeadlineAndStarvesNoTimer) {
    EventLoop loop;
    std::vector<int> log;
    Guest guest(loop, log, 1);
    guest.reposts = 1 << 30;
    guest.until = 0;
    Ring ring(loop, 1);
    ring.timer->start(milliseconds(1));
    loop.post(guest);
    const bool never = false;
    EXPECT_FALSE(loop.run_until(never, loop.now() + milliseconds(20)));
    EXPECT_TRUE(ring.done);
    guest.reposts = 0;
    loop.run_ready();
}

TEST(EventLoop, WhoPostsFromATimerIsCalledBeforeTheLoopSleeps) {
    EventLoop loop;
    std::vector<int> log;
    Guest guest(loop, log, 1);
    struct Poster final : TimerSink {
        void on_timer() noexcept override { loop->post(*guest); }
        EventLoop* loop;
        Guest* guest;
    } poster{};
    poster.loop = &loop;
    poster.guest = &guest;
    const auto timer = loop.make_timer(poster);
    timer->start(milliseconds(1));
    const TimePoint start = loop.now();
    EXPECT_TRUE(loop.run_until(guest.done, start + std::chrono::seconds(5)));
    EXPECT_LT(loop.now() - start, std::chrono::seconds(4));
}

}  // namespace
}  // namespace sessmirror::net
