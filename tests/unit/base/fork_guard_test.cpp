// SPDX-License-Identifier: BSD-3-Clause
#include "base/fork_guard.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sessmirror {
namespace {

TEST(ForkGuard, CountsForksInTheChildOnly) {
    watch_forks();
    watch_forks();
    const unsigned before = fork_generation();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(fork_generation() == before + 1 ? 0 : 1);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(fork_generation(), before);
}

}  // namespace
}  // namespace sessmirror
