// SPDX-License-Identifier: BSD-3-Clause
#include "pool/process_identity.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <functional>

namespace sessmirror::pool {
namespace {

using Answers = std::array<std::uint64_t, 3>;

// What a child finds out, if need be in a namespace of process numbers of its own.
Answers ask_child(bool in_own_namespace, const std::function<Answers()>& ask) {
    int channel[2] = {-1, -1};
    if (pipe(channel) != 0) return {};
    const pid_t child = fork();
    if (child == 0) {
        if (in_own_namespace && unshare(CLONE_NEWPID) != 0) _exit(1);
        const pid_t grandchild = fork();  // the first one that is inside
        if (grandchild == 0) {
            const Answers answers = ask();
            _exit(write(channel[1], answers.data(), sizeof answers) == sizeof answers ? 0 : 1);
        }
        waitpid(grandchild, nullptr, 0);
        _exit(0);
    }
    close(channel[1]);
    Answers answers{};
    const auto size = read(channel[0], answers.data(), sizeof answers);
    close(channel[0]);
    waitpid(child, nullptr, 0);
    return size == sizeof answers ? answers : Answers{};
}

TEST(ProcessIdentity, ItsSpaceIsThatOfEveryProcessWithTheSameNumbers) {
    const std::uint64_t space = process_space();
    EXPECT_NE(space, 0u);
    EXPECT_EQ(space, process_space());
    EXPECT_EQ(ask_child(false, [] { return Answers{process_space()}; })[0], space);
}

// /proc still shows the numbers of the parents.
TEST(ProcessIdentity, AProcessWithNumbersOfItsOwnHasASpaceOfItsOwnAndTakesNobodyForDead) {
    ASSERT_EQ(geteuid(), 0u) << "needs root";
    const ProcessIdentity parent = this_process();
    ASSERT_NE(parent.start, 0u);
    const Answers inside = ask_child(true, [] {
        ProcessIdentity other{static_cast<std::uint32_t>(getpid()), 12345};
        return Answers{process_space(), this_process().start, is_gone(other) ? 1u : 0u};
    });
    EXPECT_NE(inside[0], 0u);
    EXPECT_NE(inside[0], process_space());
    EXPECT_GE(inside[1], parent.start) << "its own start, not that of the process with its number";
    EXPECT_EQ(inside[2], 0u) << "by what /proc says of another process";
}

TEST(ProcessIdentity, AProcessOfAnotherStartIsGone) {
    ProcessIdentity self = this_process();
    EXPECT_FALSE(is_gone(self));
    ++self.start;
    EXPECT_TRUE(is_gone(self));
}

}  // namespace
}  // namespace sessmirror::pool
