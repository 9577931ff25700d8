// SPDX-License-Identifier: BSD-3-Clause
#include "base/text.h"

#include <gtest/gtest.h>

namespace sessmirror {
namespace {

TEST(Text, DecodesEveryByteAndLeavesTheRest) {
    EXPECT_EQ(percent_decoded("a+b%2C%2f%41%fF"), "a+b,/A\xff");
    EXPECT_EQ(percent_decoded("%00"), std::string(1, '\0'));
    EXPECT_EQ(percent_decoded("%2541"), "%41");
    EXPECT_EQ(percent_decoded(""), "");
}

TEST(Text, DecodesNothingWithABrokenPercentSign) {
    for (const char* text : {"%", "a%", "%4", "%4g", "%g4", "%-1", "%+1", "% 1", "%%41"})
        EXPECT_FALSE(percent_decoded(text)) << text;
}

}  // namespace
}  // namespace sessmirror
