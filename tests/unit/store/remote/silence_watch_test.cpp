// SPDX-License-Identifier: BSD-3-Clause
#include "store/remote/silence_watch.h"

#include <gtest/gtest.h>

#include <utility>

namespace sessmirror::store {
namespace {

constexpr TimePoint at(int ms) {
    return TimePoint(milliseconds(ms));
}

TEST(SilenceWatch, IsNotDueBeforeSomethingIsAwaited) {
    SilenceWatch watch;
    EXPECT_EQ(watch.due(), TimePoint::max());
    watch.sent(10);  // nobody waits for it
    EXPECT_FALSE(watch.is_silent(10));
}

TEST(SilenceWatch, KeepsTheFirstTime) {
    SilenceWatch watch;
    watch.begin(at(5));
    watch.begin(at(9));
    EXPECT_EQ(watch.due(), at(5));
    watch.end();
    EXPECT_EQ(watch.due(), TimePoint::max());
}

TEST(SilenceWatch, SeesSilenceWhereNothingIsAcknowledged) {
    SilenceWatch watch;
    for (const auto& [unacknowledged, is_silent] : {std::pair<std::size_t, bool>{30, true},
                                                    {35, true},  // more was missing before
                                                    {29, false},
                                                    {0, false}}) {
        watch.begin(at(5));
        watch.sent(10);
        watch.sent(20);
        EXPECT_EQ(watch.is_silent(unacknowledged), is_silent) << unacknowledged;
        EXPECT_EQ(watch.due(), TimePoint::max()) << "one look";
    }
}

}  // namespace
}  // namespace sessmirror::store
