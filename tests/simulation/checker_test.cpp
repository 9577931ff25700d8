// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/checker.h"

#include <gtest/gtest.h>

#include "simulation/found.h"

namespace sessmirror::simulation {
namespace {

using record::Version;
using std::chrono::seconds;

// Writes histories by hand. Time is in whole seconds: a call at `t` is answered at t + 0.1 s.
class Story {
  public:
    Story() {
        history.copies = 2;
        history.deadline = milliseconds(1000);
        history.lock_wait = seconds(5);
        history.finals.push_back({});
    }

    Call& read(int t, std::uint32_t generation, std::vector<OpId> ops) {
        Call& call = add(t, CallKind::Read);
        call.found = generation != 0;
        call.version = version(generation);
        call.ops = std::move(ops);
        return call;
    }
    Call& write(int t, std::uint32_t generation, OpId op) {
        Call& call = add(t, CallKind::Write);
        call.op = op;
        return following(call, generation);
    }
    Call& destroy(int t, std::uint32_t generation) {
        return following(add(t, CallKind::Destroy), generation);
    }
    Hold& hold(int worker, int store, int from, int to) {
        return history.holds.emplace_back(
            Hold{0, worker, store, seconds(from), seconds(to), false});
    }
    void ends_with(std::uint32_t generation, std::vector<OpId> ops) {
        history.finals[0] = {0, version(generation), false, std::move(ops)};
    }
    static Version version(std::uint32_t generation) {
        return {generation, generation == 0 ? 0 : 100 + generation};
    }

    // What the checker found, kinds that it did not find left out.
    Found findings() { return found_in(check(history)); }

    History history;

  private:
    Call& add(int t, CallKind kind) {
        Call& call = history.calls.emplace_back();
        call.sent = seconds(t);
        call.invoked = seconds(t);
        call.returned = call.received = seconds(t) + milliseconds(100);
        call.kind = kind;
        call.status = CallStatus::Ok;
        return call;
    }
    static Call& following(Call& call, std::uint32_t generation) {
        call.version = version(generation);
        call.parent = version(generation - 1);
        return call;
    }
};

// Two changes, each seen from then on.
Story good_story() {
    Story story;
    story.write(1, 1, 11);
    story.read(2, 1, {11});
    story.write(3, 2, 12);
    story.read(4, 2, {11, 12});
    story.ends_with(2, {11, 12});
    return story;
}

TEST(Checker, FindsNothingInAGoodHistory) {
    EXPECT_EQ(good_story().findings(), Found{});
}

TEST(Checker, FindsNothingInALifeThatEndsWithADestroy) {
    Story story = good_story();
    story.destroy(5, 3);
    story.read(6, 3, {}).found = false;
    story.ends_with(3, {});
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesAReadThatMissesItsClientsOwnWrite) {
    Story story = good_story();
    story.read(5, 2, {11});
    EXPECT_EQ(story.findings(), (Found{{Finding::StaleRead, 1}}));
}

TEST(Checker, ExcusesAStaleReadThatSaysSo) {
    Story story = good_story();
    story.read(5, 1, {11}).flags.stale = true;
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, DoesNotExpectAWriteBeforeItWasAcknowledged) {
    Story story = good_story();
    story.history.calls[2].returned = seconds(9);  // still on its way when the read came
    story.history.calls[2].paused = seconds(6);
    story.history.calls[3].ops = {11};
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesAReadThatGoesBackInTime) {
    Story story = good_story();
    story.read(5, 1, {11, 12});
    EXPECT_EQ(story.findings(), (Found{{Finding::WentBack, 1}}));
}

TEST(Checker, SeesALostUpdateAndThatNobodyReportedIt) {
    Story story = good_story();
    story.ends_with(3, {11});
    const Found found = story.findings();
    EXPECT_EQ(found.at(Finding::LostUpdate), 1);
    EXPECT_EQ(found.at(Finding::SilentLoss), 1);
}

TEST(Checker, KnowsALostUpdateThatWasReported) {
    Story story = good_story();
    story.write(5, 3, 13).flags.conflict = true;
    story.ends_with(3, {11, 13});
    EXPECT_EQ(story.findings(), (Found{{Finding::LostUpdate, 1}}));
}

TEST(Checker, DoesNotTakeAnEarlierReportForALaterLoss) {
    Story story = good_story();
    story.history.calls[0].flags.conflict = true;
    story.ends_with(3, {11});
    EXPECT_EQ(story.findings().at(Finding::SilentLoss), 1);
}

TEST(Checker, ExpectsNothingOfAWriteThatFailedOrNeverReturned) {
    for (const CallStatus status : {CallStatus::Fail, CallStatus::Info}) {
        Story story = good_story();
        story.write(5, 3, 13).status = status;
        Found found = story.findings();
        found.erase(Finding::Failed);
        EXPECT_EQ(found, Found{});
        story.read(6, 3, {11, 12, 13});  // it may have happened all the same
        story.ends_with(3, {11, 12, 13});
        found = story.findings();
        found.erase(Finding::Failed);
        EXPECT_EQ(found, Found{});
    }
}

TEST(Checker, ExcusesALossAfterAsManyStoresWereLostAsHadAcknowledged) {
    Story story = good_story();
    story.ends_with(0, {});
    story.history.losses = {{0, seconds(5)}, {0, seconds(6)}};
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesACopyThatVanishedAlthoughOneStoreStood) {
    Story story = good_story();
    story.ends_with(1, {11, 12});
    story.history.losses = {{0, seconds(5)}};
    EXPECT_EQ(story.findings(), (Found{{Finding::LostCopy, 1}}));
}

TEST(Checker, SeesTwoWritesThatFollowOneVersion) {
    Story story = good_story();
    story.write(5, 4, 13).parent = Story::version(1);
    story.ends_with(4, {11, 12, 13});
    EXPECT_EQ(story.findings(), (Found{{Finding::Fork, 1}}));
}

TEST(Checker, SeesASessionThatCameBackAndWhetherItsClientHadSeenItsEnd) {
    for (const bool has_seen_it : {true, false}) {
        Story story = good_story();
        story.destroy(5, 3);
        story.read(6, 2, {11, 12}).token = Story::version(has_seen_it ? 3 : 2);
        const Finding expected = has_seen_it ? Finding::Resurrection : Finding::Haunting;
        story.ends_with(3, {});
        EXPECT_EQ(story.findings(), (Found{{expected, 1}}));
    }
}

TEST(Checker, SeesASessionThatIsStillThereAfterEverythingHasHealedUnlessItsEndWasLost) {
    Story story = good_story();
    story.destroy(5, 3);
    story.read(8, 2, {11, 12}).after_heal = true;
    story.ends_with(3, {});
    EXPECT_EQ(story.findings(), (Found{{Finding::Risen, 1}}));
    story.history.losses = {{0, seconds(6)}, {0, seconds(7)}};
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesStoresThatLackTheNewestVersionInTheEnd) {
    Story story = good_story();
    story.history.finals[0].behind = 1;
    EXPECT_EQ(story.findings(), (Found{{Finding::Behind, 1}}));
}

TEST(Checker, ExpectsNothingOfReadsByStrangers) {
    Story story = good_story();
    story.read(9, 1, {11}).by_stranger = true;
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesOldContentUnderANewVersionAfterADestroy) {
    Story story = good_story();
    story.destroy(5, 3);
    story.read(6, 4, {11}).token = Story::version(4);
    story.ends_with(4, {11});
    EXPECT_EQ(story.findings(), (Found{{Finding::Resurrection, 1}}));
}

TEST(Checker, AllowsANewSessionUnderADestroyedId) {
    Story story = good_story();
    story.destroy(5, 3);
    story.write(6, 4, 13);
    story.read(7, 4, {13});
    story.ends_with(4, {13});
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, CountsADestroyThatWasNotAcknowledgedAsPossiblyDone) {
    Story story = good_story();
    story.destroy(5, 3).status = CallStatus::Info;
    story.read(6, 3, {}).found = false;
    story.read(7, 2, {11, 12});
    story.ends_with(3, {});
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesALockThatTwoHeld) {
    Story story = good_story();
    story.hold(1, 0, 1, 4);
    story.hold(2, 0, 3, 5);
    story.hold(3, 0, 5, 6);
    EXPECT_EQ(story.findings(), (Found{{Finding::LockShared, 1}}));
}

TEST(Checker, TellsTwoHomesFromOne) {
    Story story = good_story();
    story.hold(1, 0, 1, 4);
    story.hold(2, 1, 3, 5);
    EXPECT_EQ(story.findings(), (Found{{Finding::SplitHome, 1}}));
}

TEST(Checker, SeesALockThatWasTakenFromItsHolder) {
    Story story = good_story();
    story.hold(1, 0, 1, 2).broken = true;
    EXPECT_EQ(story.findings(), (Found{{Finding::LockBroken, 1}}));
}

TEST(Checker, SeesAVisitorLoggedOutWhileACopyStood) {
    Story story = good_story();
    story.read(5, 0, {}).reachable = Story::version(2);
    EXPECT_EQ(story.findings(), (Found{{Finding::LoggedOut, 1}}));
}

TEST(Checker, ExcusesAMissWhileNoCopyWasInReach) {
    Story story = good_story();
    story.read(5, 0, {});
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesACallThatOverranItsDeadline) {
    Story story = good_story();
    story.history.calls[3].returned = seconds(4) + milliseconds(1200);
    EXPECT_EQ(story.findings(), (Found{{Finding::Overtime, 1}}));
    story.history.calls[3].flags.waited = true;  // for a lock: that comes on top
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, DoesNotCountTimeInWhichTheWorkerStoodStill) {
    Story story = good_story();
    story.history.calls[3].returned = seconds(9);
    story.history.calls[3].paused = seconds(5);
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, SeesAStaleReadAfterEverythingHealed) {
    Story story = good_story();
    story.read(5, 2, {12}).after_heal = true;
    EXPECT_EQ(story.findings(), (Found{{Finding::Diverged, 1}}));
}

TEST(Checker, CountsCallsThatFailed) {
    Story story = good_story();
    story.read(5, 0, {}).status = CallStatus::Fail;
    EXPECT_EQ(story.findings(), (Found{{Finding::Failed, 1}}));
}

TEST(Checker, KeepsSessionsApart) {
    Story story = good_story();
    story.write(5, 1, 21).session = 1;
    story.read(6, 1, {21}).session = 1;
    story.history.finals.push_back({1, Story::version(1), false, {21}});
    EXPECT_EQ(story.findings(), Found{});
}

TEST(Checker, ForgivesWhatAFlaggedReadHasTold) {
    Story story;
    story.write(1, 1, 11);
    story.write(2, 2, 12);
    story.read(3, 1, {11}).flags.stale = true;
    story.read(4, 1, {11});
    story.ends_with(2, {11, 12});
    EXPECT_TRUE(story.findings().empty());
}

TEST(Checker, DoesNotForgiveWhatAFlaggedReadHasShown) {
    Story story;
    story.write(1, 1, 11);
    story.write(2, 2, 12);
    story.read(3, 1, {11}).flags.stale = true;
    story.read(4, 0, {}).found = true;
    story.ends_with(2, {11, 12});
    EXPECT_EQ(story.findings().count(Finding::StaleRead), 1u);
}

TEST(Checker, ExpectsOnlyWhatTheClientHadReceivedWhenItSentTheRequest) {
    Story story;
    story.write(1, 1, 11);
    story.write(2, 2, 12);
    story.read(3, 1, {11}).sent = seconds(2);
    story.ends_with(2, {11, 12});
    EXPECT_TRUE(story.findings().empty());
}

TEST(Checker, ForgivesReadersOfASessionWhoseForkWasReported) {
    Story story;
    story.write(1, 1, 11);
    story.write(2, 2, 12).flags.conflict = true;
    story.read(3, 1, {11});
    story.ends_with(2, {11, 12});
    EXPECT_TRUE(story.findings().empty());
}

TEST(Checker, TakesAnotherTombstoneOfTheSameTimeForADestroy) {
    Story story;
    story.write(1, 1, 11);
    story.destroy(2, 2);
    story.history.finals[0] = {0, {2, 1}, true, {}};
    EXPECT_TRUE(story.findings().empty());
    story.history.finals[0].is_tombstone = false;
    EXPECT_EQ(story.findings().count(Finding::LostCopy), 1u);
}

}  // namespace
}  // namespace sessmirror::simulation
