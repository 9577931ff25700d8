// SPDX-License-Identifier: BSD-3-Clause
#include "boundary.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "base/result.h"

namespace sessmirror::shim {
namespace {

template <class Work>
concept MayCrossTheBoundary = requires(Work work) {
    guarded(work);
};

TEST(Boundary, PassesResultsThrough) {
    const auto outcome = guarded([]() -> Result<int> { return 7; });
    ASSERT_TRUE(outcome);
    EXPECT_EQ(*outcome, 7);
}

TEST(Boundary, TurnsExceptionsIntoErrors) {
    const auto no_memory = guarded([]() -> Status { throw std::bad_alloc(); });
    ASSERT_FALSE(no_memory);
    EXPECT_EQ(no_memory.error().code, Errc::OutOfMemory);

    const auto known = guarded([]() -> Status { throw std::runtime_error("why"); });
    ASSERT_FALSE(known);
    EXPECT_EQ(known.error().code, Errc::Internal);
    EXPECT_STREQ(known.error().detail, "unexpected exception: why");

    const auto unknown = guarded([]() -> Status { throw 1; });
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Errc::Internal);
}

TEST(Boundary, LetsNothingOutThatNeedsADestructor) {
    auto number = []() -> Result<int> { return 1; };
    auto text = []() -> Result<std::string> { return std::string(); };
    auto owner = []() -> Result<std::unique_ptr<int>> { return std::unique_ptr<int>(); };
    EXPECT_TRUE(MayCrossTheBoundary<decltype(number)>);
    EXPECT_FALSE(MayCrossTheBoundary<decltype(text)>);
    EXPECT_FALSE(MayCrossTheBoundary<decltype(owner)>);
}

}  // namespace
}  // namespace sessmirror::shim
