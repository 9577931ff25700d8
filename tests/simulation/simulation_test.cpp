// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "simulation/run.h"

namespace sessmirror::simulation {
namespace {

// Seeds for each mix of faults and each way of running; SESSMIRROR_SEEDS asks for more.
int seeds() {
    constexpr int kSeeds = 16;
    const char* const asked = std::getenv("SESSMIRROR_SEEDS");
    return asked == nullptr ? kSeeds : std::max(1, std::atoi(asked));
}

int sum_over_seeds(RunOptions options, Finding finding) {
    int sum = 0;
    for (options.seed = 1; options.seed <= 5; ++options.seed)
        sum += simulate(options).report.count(finding);
    return sum;
}

RunOptions with(Subject subject, Mix mix) {
    RunOptions options;
    options.subject = subject;
    options.mix = mix;
    return options;
}

TEST(Simulation, GivesTheSameHistoryForTheSameSeed) {
    RunOptions options;
    options.mix = Mix::Everything;
    const std::string first = to_text(simulate(options).history);
    EXPECT_EQ(first, to_text(simulate(options).history));
    options.seed = 2;
    EXPECT_NE(first, to_text(simulate(options).history));
}

TEST(Simulation, CatchesABlindMirror) {
    EXPECT_GT(sum_over_seeds(with(Subject::BlindMirror, Mix::None), Finding::LostUpdate), 0);
    EXPECT_GT(sum_over_seeds(with(Subject::BlindMirror, Mix::Pauses), Finding::StaleRead), 0);
    EXPECT_GT(sum_over_seeds(with(Subject::BlindMirror, Mix::Pauses), Finding::WentBack), 0);
    EXPECT_GT(sum_over_seeds(with(Subject::BlindMirror, Mix::Pauses), Finding::Haunting) +
                  sum_over_seeds(with(Subject::BlindMirror, Mix::Cuts), Finding::Resurrection),
              0);
    EXPECT_GT(sum_over_seeds(with(Subject::BlindMirror, Mix::Restarts), Finding::LoggedOut), 0);
}

TEST(Simulation, CatchesCompareAndSetWithoutALeader) {
    RunOptions options = with(Subject::LeaderlessCas, Mix::None);
    options.crowd.with_tabs = 1;  // races are what it loses
    options.crowd.destroying = 0;
    options.crowd.pause_between = milliseconds(20);
    EXPECT_GT(sum_over_seeds(options, Finding::LostUpdate), 0);
    EXPECT_GT(sum_over_seeds(options, Finding::Fork), 0);
    options.subject = Subject::Production;
    EXPECT_EQ(sum_over_seeds(options, Finding::LostUpdate), 0);
    EXPECT_EQ(sum_over_seeds(options, Finding::Fork), 0);
}

TEST(Simulation, LosesUpdatesWithoutLocksUnlessTheyAreMerged) {
    RunOptions options = with(Subject::Production, Mix::None);
    options.crowd.with_tabs = 1;
    options.crowd.destroying = 0;
    options.crowd.pause_between = milliseconds(20);
    options.locking = replica::Locking::Off;
    EXPECT_GT(sum_over_seeds(options, Finding::LostUpdate), 0);
    options.locking = replica::Locking::Optimistic;
    EXPECT_EQ(sum_over_seeds(options, Finding::LostUpdate), 0);
    EXPECT_EQ(sum_over_seeds(options, Finding::Fork), 0);
    options.on_conflict = replica::OnConflict::Mine;
    EXPECT_GT(sum_over_seeds(options, Finding::LostUpdate), 0);
}

// Every mix of faults under a number of seeds.
void expect_promises_kept(RunOptions options) {
    for (int mix = 0; mix < static_cast<int>(Mix::Swarm); ++mix) {
        options.mix = static_cast<Mix>(mix);
        for (int seed = 1; seed <= seeds(); ++seed) {
            options.seed = static_cast<std::uint64_t>(seed);
            for (const std::string& promise : broken_promises(options, simulate(options)))
                ADD_FAILURE() << promise << "\nrepeat: sim_tests " << replay_arguments(options)
                              << " --verbose";
        }
    }
}

TEST(Simulation, KeepsItsPromisesOverManySeedsWithTwoCopies) {
    expect_promises_kept({});
}

// One side of a cut destroys a session, the other changes it.
TEST(Simulation, ADestroyedSessionStaysDestroyedForEverybodyOnceAllHasHealed) {
    struct Seen {
        std::uint64_t seed;
        int copies;
        replica::Locking locking;
    };
    using replica::Locking;
    for (const Seen& seen : {Seen{700019, 3, Locking::Off}, Seen{700038, 2, Locking::On},
                             Seen{701329, 2, Locking::On}, Seen{701887, 2, Locking::On}}) {
        RunOptions options;
        options.mix = Mix::Cuts;
        options.seed = seen.seed;
        options.hosts = options.redundancy = seen.copies;
        options.locking = seen.locking;
        const RunResult result = simulate(options);
        for (const std::string& example : result.report.examples(Finding::Risen))
            ADD_FAILURE() << example << "\nrepeat: sim_tests " << replay_arguments(options);
    }
}

// With `ack = one` a page goes on when one store has its change, and that store may be the one that
// is lost.
TEST(Simulation, ExpectsNoMoreCopiesOfAChangeThanWereWaitedFor) {
    RunOptions options;
    options.mix = Mix::Swarm;
    options.seed = 9;
    const RunResult result = simulate(options);
    EXPECT_EQ(result.report.count(Finding::LostCopy), 0);
    EXPECT_EQ(result.history.copies, 1);
}

// The proof that the token is what does it, and that the checker would see its absence.
TEST(Simulation, ShowsClientsWithoutTokensOldVersions) {
    RunOptions options;
    options.hosts = options.redundancy = 3;
    options.locking = replica::Locking::Off;
    options.crowd.with_tabs = 0;
    options.crowd.keeps_tokens = false;
    int old_versions = 0;
    for (const Mix mix : {Mix::Pauses, Mix::Cuts, Mix::Everything}) {
        options.mix = mix;
        old_versions += sum_over_seeds(options, Finding::StaleRead);
        old_versions += sum_over_seeds(options, Finding::WentBack);
    }
    EXPECT_GT(old_versions, 0);
}

// The same for the refill.
TEST(Simulation, LeavesStoresIncompleteWhereNobodyLooksAfterThem) {
    RunOptions options;
    options.mix = Mix::Cuts;
    options.locking = replica::Locking::Off;  // with locks every read compares with the home
    EXPECT_EQ(sum_over_seeds(options, Finding::Behind), 0);
    options.refills = false;
    EXPECT_GT(sum_over_seeds(options, Finding::Behind), 0);
}

// Pauses make answers late; the promises under hedging are all other tests' subject.
TEST(Simulation, HedgesReadsOfLateStores) {
    RunOptions options;
    options.mix = Mix::Pauses;
    const auto won = [&] {
        return simulate(options).counts[static_cast<std::size_t>(pool::Counter::HedgesWon)];
    };
    for (const auto locking : {replica::Locking::On, replica::Locking::Off}) {
        options.locking = locking;
        options.hedges = true;
        EXPECT_GT(won(), 0u);
        options.hedges = false;
        EXPECT_EQ(won(), 0u);
    }
}

TEST(Simulation, NeverShowsAClientThatKeepsItsCookiesAnOldVersion) {
    RunOptions options;
    options.crowd.with_tabs = 0;
    for (const int copies : {2, 3, 5}) {
        options.hosts = options.redundancy = copies;
        for (const auto locking : {replica::Locking::On, replica::Locking::Off}) {
            options.locking = locking;
            expect_promises_kept(options);
        }
    }
}

TEST(Simulation, KeepsItsPromisesOverManySeedsWithThreeCopies) {
    RunOptions options;
    options.hosts = options.redundancy = 3;
    expect_promises_kept(options);
}

TEST(Simulation, KeepsItsPromisesOverManySeedsOnHostsWithoutACopy) {
    RunOptions options;
    options.hosts = 3;
    expect_promises_kept(options);
}

TEST(Simulation, KeepsItsPromisesOverManySeedsWithoutLocks) {
    RunOptions options;
    options.locking = replica::Locking::Off;
    expect_promises_kept(options);
}

TEST(Simulation, KeepsItsPromisesOverManySeedsWithOptimisticLocks) {
    RunOptions options;
    options.locking = replica::Locking::Optimistic;
    expect_promises_kept(options);
}

TEST(Simulation, KeepsItsPromisesOverManySeedsUnderEveryOtherFreshness) {
    RunOptions options;
    options.hosts = options.redundancy = 3;
    options.locking = replica::Locking::Off;
    for (const auto freshness :
         {replica::Freshness::Probe, replica::Freshness::Majority, replica::Freshness::Local}) {
        options.freshness = freshness;
        expect_promises_kept(options);
    }
}

TEST(Simulation, KeepsItsPromisesOverManySeedsWhereConflictsAreOverwritten) {
    RunOptions options;
    options.on_conflict = replica::OnConflict::Mine;
    expect_promises_kept(options);
}

TEST(Simulation, KeepsItsPromisesOverManySeedsWhereConflictsFail) {
    RunOptions options;
    options.on_conflict = replica::OnConflict::Fail;
    expect_promises_kept(options);
}

}  // namespace
}  // namespace sessmirror::simulation
