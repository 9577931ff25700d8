// SPDX-License-Identifier: BSD-3-Clause
#include "pool/health.h"

#include <gtest/gtest.h>

#include <optional>

#include "support/manual_clock.h"

namespace sessmirror::pool {
namespace {

using std::chrono::microseconds;

class HealthTest : public testing::Test {
  protected:
    Duration next_probe_in() const {
        return Duration(slot.next_probe_ns.load()) - clock.now().time_since_epoch();
    }
    StoreSlot slot;
    HoldingsSlot holdings;
    test::ManualClock clock;
    test::SeededRandom random;
    Health health{slot, holdings, clock, random};
    Health other_worker{slot, holdings, clock, random};
};

TEST_F(HealthTest, StartsUpAndIsDownAfterOneFailure) {
    EXPECT_TRUE(health.is_up());
    EXPECT_TRUE(health.report_failure());
    EXPECT_FALSE(health.is_up());
    EXPECT_FALSE(other_worker.is_up());
}

TEST_F(HealthTest, OnlyOneWorkerIsToldOfEachChange) {
    EXPECT_TRUE(health.report_failure());
    EXPECT_FALSE(other_worker.report_failure());
    EXPECT_TRUE(other_worker.report_answer(microseconds(100)));
    EXPECT_FALSE(health.report_answer(microseconds(100)));
    EXPECT_TRUE(health.is_up());
}

TEST_F(HealthTest, AComparisonStaysDueUntilOneIsDoneThatBeganAfterTheLastReturn) {
    EXPECT_EQ(health.comparison_due(), 0u);
    health.report_failure();
    health.report_answer(microseconds(100));
    const auto first = health.comparison_due();
    EXPECT_NE(first, 0u);
    EXPECT_EQ(other_worker.comparison_due(), first);  // the first one may have been killed
    health.note_return();
    health.comparison_done(first);
    EXPECT_NE(health.comparison_due(), 0u);
    health.comparison_done(health.comparison_due());
    EXPECT_EQ(other_worker.comparison_due(), 0u);
}

TEST_F(HealthTest, AReconnectionToTheSameLifeIsNoReturn) {
    constexpr store::Life kLife{77, 5};
    EXPECT_FALSE(health.note_life(kLife)) << "it was not known";
    health.note_reconnection({.has_lost = false, .life = kLife});
    EXPECT_FALSE(health.is_in_doubt(clock.unix_seconds()));
    EXPECT_EQ(other_worker.comparison_due(), 0u);
}

TEST_F(HealthTest, AReconnectionIsAReturnUnlessNothingWasLostAndTheLifeIsKnownToBeTheSame) {
    constexpr store::Life kLife{77, 5};
    const store::Reconnection kinds[] = {{.has_lost = true, .life = kLife},
                                         {.has_lost = false, .life = std::nullopt},
                                         {.has_lost = false, .life = store::Life{77, 6}},
                                         {.has_lost = false, .life = store::Life{78, 5}}};
    for (const store::Reconnection& kind : kinds) {
        slot.clear();
        holdings.clear();
        (void)health.note_life(kLife);
        health.note_reconnection(kind);
        EXPECT_TRUE(other_worker.is_in_doubt(clock.unix_seconds()));
        EXPECT_NE(other_worker.comparison_due(), 0u);
    }
    slot.clear();
    health.note_reconnection({.has_lost = false, .life = kLife});
    EXPECT_TRUE(health.is_in_doubt(clock.unix_seconds())) << "which life was before is not known";
}

// Many workers reconnect after a restart, each at its time.
TEST_F(HealthTest, ANewLifeIsOneReturnForAllWorkers) {
    (void)health.note_life({77, 5});
    other_worker.note_reconnection({.has_lost = false, .life = store::Life{77, 6}});
    const auto due = health.comparison_due();
    slot.doubt_before_unix.store(0);
    health.note_reconnection({.has_lost = false, .life = store::Life{77, 6}});
    EXPECT_FALSE(health.is_in_doubt(clock.unix_seconds()));
    EXPECT_EQ(health.comparison_due(), due);
}

// Or it would lack the write until it is looked at again, a minute later.
TEST_F(HealthTest, AMissedWriteIsBroughtSoon) {
    constexpr Duration kMinute = std::chrono::minutes(1);
    EXPECT_FALSE(health.claim_refill(kMinute, kMinute)) << "the first look is due later";
    other_worker.note_missed();
    clock.advance(Health::kMissedRest - milliseconds(1));
    EXPECT_FALSE(health.claim_refill(kMinute, kMinute));
    clock.advance(milliseconds(1));
    EXPECT_TRUE(health.claim_refill(kMinute, kMinute));
    EXPECT_FALSE(other_worker.claim_refill(kMinute, kMinute)) << "one worker does it";
}

TEST_F(HealthTest, AMissedWritePutsNoLookOff) {
    constexpr Duration kMinute = std::chrono::minutes(1);
    (void)health.claim_refill(kMinute, kMinute);
    health.next_refill_in(milliseconds(1));
    health.note_missed();
    clock.advance(milliseconds(1));
    EXPECT_TRUE(health.claim_refill(kMinute, kMinute));
}

// A memcached in a container that reloads its memory: its process id and start are as before.
TEST_F(HealthTest, ALifeThatHasUsedLessTimeThanBeforeIsANewOneWhateverItsName) {
    EXPECT_FALSE(health.note_life({1, 5, 800}));
    health.note_look();
    other_worker.note_reconnection({.has_lost = false, .life = store::Life{1, 5, 790}});
    EXPECT_TRUE(health.is_looked_at()) << "an answer from before that was read later";
    EXPECT_EQ(health.comparison_due(), 0u);
    other_worker.note_reconnection({.has_lost = false, .life = store::Life{1, 5, 40}});
    EXPECT_TRUE(health.is_in_doubt(clock.unix_seconds()));
    EXPECT_NE(health.comparison_due(), 0u);
    EXPECT_FALSE(health.is_looked_at()) << "its note says that it is complete";
    health.note_look();
    EXPECT_TRUE(health.note_life({1, 5, 45}));
    EXPECT_TRUE(other_worker.is_looked_at());
}

TEST_F(HealthTest, ProbesOnlyWhenDownAndDue) {
    clock.advance(std::chrono::seconds(10));
    EXPECT_FALSE(health.claim_probe());
    health.report_failure();
    EXPECT_FALSE(health.claim_probe());
    clock.advance(Health::kFirstBackoff);
    EXPECT_TRUE(health.claim_probe());
}

TEST_F(HealthTest, OneWorkerProbesPerPeriod) {
    health.report_failure();
    clock.advance(Health::kFirstBackoff);
    EXPECT_TRUE(health.claim_probe());
    EXPECT_FALSE(other_worker.claim_probe());
    EXPECT_FALSE(health.claim_probe());
}

TEST_F(HealthTest, BackoffDoublesToTwoSecondsWithJitterInItsUpperHalf) {
    health.report_failure();
    for (const int full_ms : {100, 200, 400, 800, 1600, 2000, 2000, 2000}) {
        EXPECT_GE(next_probe_in(), milliseconds(full_ms) / 2);
        EXPECT_LE(next_probe_in(), milliseconds(full_ms));
        clock.advance(next_probe_in());
        EXPECT_TRUE(health.claim_probe());
    }
}

TEST_F(HealthTest, BackoffIsDrawnAtRandom) {
    health.report_failure();
    const Duration first = next_probe_in();
    health.report_answer(microseconds(1));
    health.report_failure();
    EXPECT_NE(next_probe_in(), first);
}

TEST_F(HealthTest, LateFailuresOfTheSameOutageDoNotPostponeTheProbe) {
    health.report_failure();
    const auto due = slot.next_probe_ns.load();
    clock.advance(milliseconds(40));
    for (int i = 0; i < 10; ++i) other_worker.report_failure();
    EXPECT_EQ(slot.next_probe_ns.load(), due);
    EXPECT_EQ(slot.failures.load(), 1u);
}

TEST_F(HealthTest, ANewOutageStartsWithTheShortBackoff) {
    health.report_failure();
    for (int i = 0; i < 6; ++i) {
        clock.advance(Health::kMaxBackoff);
        EXPECT_TRUE(health.claim_probe());
    }
    health.report_answer(microseconds(1));
    health.report_failure();
    EXPECT_LE(next_probe_in(), Health::kFirstBackoff);
}

TEST_F(HealthTest, LatencyIsAMeanThatWeighsTheNewestAnEighth) {
    EXPECT_EQ(health.latency(), Duration::zero());
    health.report_answer(microseconds(800));
    EXPECT_EQ(health.latency(), microseconds(800));
    health.report_answer(microseconds(1600));
    EXPECT_EQ(health.latency(), microseconds(900));
    health.report_answer(Duration(-5));
    EXPECT_EQ(health.latency(), microseconds(788));
}

TEST_F(HealthTest, AnAnswerIsLateAfterFourMeanDeviations) {
    EXPECT_EQ(health.late_after(), Duration::zero());
    health.report_answer(microseconds(800));
    EXPECT_EQ(health.late_after(), microseconds(800 + 4 * 400));
    health.report_answer(microseconds(1600));  // deviation (3 * 400 + 800) / 4, mean 900
    EXPECT_EQ(health.late_after(), microseconds(900 + 4 * 500));
    for (int i = 0; i < 100; ++i) health.report_answer(microseconds(500));
    EXPECT_LT(health.late_after(), microseconds(550));
}

TEST_F(HealthTest, AStoreIsLateUntilItAnswersOrASecondHasPassed) {
    EXPECT_FALSE(health.is_late());
    health.report_late();
    EXPECT_TRUE(health.is_late());
    EXPECT_TRUE(health.is_up());
    health.report_life();
    EXPECT_FALSE(health.is_late());
    health.report_late();
    clock.advance(Health::kLateFor);
    EXPECT_FALSE(health.is_late());
}

TEST_F(HealthTest, AStoreThatWasDisprovedIsNotBelievedAloneForAMinute) {
    EXPECT_TRUE(health.disprove());
    EXPECT_FALSE(other_worker.disprove());
    clock.advance(Health::kDisprovedFor - microseconds(1));
    EXPECT_TRUE(other_worker.is_disproved());
    EXPECT_TRUE(other_worker.is_filling());
    clock.advance(microseconds(1));
    EXPECT_FALSE(other_worker.is_disproved());
    EXPECT_FALSE(other_worker.is_filling());
}

TEST_F(HealthTest, OnlySilenceAndNonsenseAreOutages) {
    for (const Errc code : {Errc::BadName, Errc::Refused, Errc::OutOfMemory, Errc::Unreachable,
                            Errc::Timeout, Errc::Closed, Errc::Protocol})
        EXPECT_TRUE(Health::is_outage(code)) << describe(code);
    for (const Errc code : {Errc::StoreError, Errc::TooLarge, Errc::OutOfTime, Errc::Skipped,
                            Errc::Conflict, Errc::Corrupt, Errc::Unreadable, Errc::Internal})
        EXPECT_FALSE(Health::is_outage(code)) << describe(code);
}

}  // namespace
}  // namespace sessmirror::pool
