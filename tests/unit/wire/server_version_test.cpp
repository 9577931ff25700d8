// SPDX-License-Identifier: BSD-3-Clause
#include "wire/server_version.h"

#include <gtest/gtest.h>

namespace sessmirror::wire {
namespace {

TEST(ServerVersion, ComparesByNumberNotByText) {
    EXPECT_LT(*parse_server_version("1.6.9"), kMetaProtocol);
    EXPECT_GE(*parse_server_version("1.6.10"), kMetaProtocol);
    EXPECT_LT(*parse_server_version("1.6.18"), kExplicitCas);
    EXPECT_GE(*parse_server_version("1.10.0"), kExplicitCas);
    EXPECT_GE(*parse_server_version("2.0.0-rc1"), kExplicitCas);
}

TEST(ServerVersion, RefusesWhatIsNoVersion) {
    for (const char* const text :
         {"", "1", "1.6", "1.6.", "x.y.z", "-1.6.2", "1.-6.2", "99999999999.1.1", "1..6"})
        EXPECT_FALSE(parse_server_version(text)) << text;
}

}  // namespace
}  // namespace sessmirror::wire
