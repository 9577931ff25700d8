// SPDX-License-Identifier: BSD-3-Clause
#include "net/poll_guard.h"

#include <gtest/gtest.h>

namespace sessmirror::net {
namespace {

int polls_in(PollGuard& guard, int waits, bool found) {
    int polls = 0;
    for (int i = 0; i < waits; ++i) {
        if (!guard.is_worth_it()) continue;
        ++polls;
        guard.note(found);
    }
    return polls;
}

TEST(PollGuard, PollsAtEveryWaitWhereAnswersComeSoon) {
    PollGuard guard;
    EXPECT_EQ(polls_in(guard, 100, true), 100);
}

TEST(PollGuard, HardlyPollsWhereAnswersDoNotComeSoon) {
    PollGuard guard;
    EXPECT_LE(polls_in(guard, 10'000, false), 48);
}

TEST(PollGuard, TriesAgainWhenItHasRestedAndStaysAsSoonAsItPays) {
    PollGuard guard;
    polls_in(guard, 10'000, false);
    EXPECT_GE(polls_in(guard, PollGuard::kLongestRest + 1 + 50, true), 50);
    EXPECT_EQ(polls_in(guard, 100, true), 100);
}

}  // namespace
}  // namespace sessmirror::net
