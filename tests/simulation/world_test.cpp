// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/world.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sessmirror::simulation {
namespace {

using std::chrono::seconds;

class Counting final : public TimerSink {
  public:
    void on_timer() noexcept override { ++fired; }
    int fired = 0;
};

TEST(World, RunsEventsInTimeOrderAndThenInTheOrderTheyWereMade) {
    World world(1);
    std::string order;
    world.after(seconds(2), [&] { order += 'c'; });
    world.after(seconds(1), [&] { order += 'a'; });
    world.after(seconds(1), [&] { order += 'b'; });
    world.run_until_idle();
    EXPECT_EQ(order, "abc");
    EXPECT_EQ(world.now(), seconds(2));
}

TEST(World, ForgetsACancelledEventAndItsTime) {
    World world(1);
    int ran = 0;
    const EventId id = world.after(seconds(9), [&] { ++ran; });
    world.after(seconds(1), [&] { ++ran; });
    world.cancel(id);
    world.cancel(id);
    world.run_until_idle();
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(world.now(), seconds(1));
}

TEST(World, StopsAtTheTimeItWasToldTo) {
    World world(1);
    int ran = 0;
    world.after(seconds(1), [&] { ++ran; });
    world.after(seconds(3), [&] { ++ran; });
    world.run_until(seconds(2));
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(world.now(), seconds(2));
}

TEST(World, GivesEveryNameItsOwnRepeatableRandomness) {
    const World world(7);
    EXPECT_EQ(world.stream("a").next(), World(7).stream("a").next());
    EXPECT_NE(world.stream("a").next(), world.stream("b").next());
    EXPECT_NE(world.stream("a").next(), World(8).stream("a").next());
}

TEST(Process, ShowsItsHostsClocksAndNotTheWorlds) {
    World world(1);
    const Process process(world, {seconds(500), 1000}, 1);
    world.run_until(seconds(3));
    EXPECT_EQ(process.now(), TimePoint(seconds(503)));
    EXPECT_EQ(process.unix_seconds(), 1003u);
}

TEST(Process, FiresATimerOnceAndNotWhenStoppedRestartedOrDestroyed) {
    World world(1);
    Process process(world, {}, 1);
    Counting restarted, stopped, destroyed;
    const auto first = process.make_timer(restarted);
    first->start(seconds(1));
    first->start(seconds(2));
    const auto second = process.make_timer(stopped);
    second->start(seconds(1));
    second->stop();
    process.make_timer(destroyed)->start(seconds(1));
    world.run_until_idle();
    EXPECT_EQ(restarted.fired, 1);
    EXPECT_EQ(stopped.fired, 0);
    EXPECT_EQ(destroyed.fired, 0);
    EXPECT_EQ(world.now(), seconds(2));
}

TEST(Process, HoldsItsTimersBackWhilePausedAndDropsThemWhenKilled) {
    World world(1);
    Process process(world, {}, 1);
    Counting sink;
    const auto timer = process.make_timer(sink);
    timer->start(seconds(1));
    process.pause();
    world.run_until(seconds(5));
    EXPECT_EQ(sink.fired, 0);
    process.resume();
    world.run_until_idle();
    EXPECT_EQ(sink.fired, 1);
    timer->start(seconds(1));
    process.kill();
    world.run_until_idle();
    EXPECT_EQ(sink.fired, 1);
}

TEST(Process, DoesNotFireATimerThatWasStoppedAfterItCameDueInAPause) {
    World world(1);
    Process process(world, {}, 1);
    Counting sink;
    const auto timer = process.make_timer(sink);
    timer->start(seconds(1));
    process.pause();
    world.run_until(seconds(5));
    timer->stop();
    process.resume();
    world.run_until_idle();
    EXPECT_EQ(sink.fired, 0);
}

}  // namespace
}  // namespace sessmirror::simulation
