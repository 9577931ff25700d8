// SPDX-License-Identifier: BSD-3-Clause
// A process that has no file descriptors left goes on, and works again when it has some.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/event_loop.h"

namespace sessmirror::net {
namespace {

// All that are free now are taken away, and given back.
class Descriptors {
  public:
    Descriptors() {
        // UBSan asks the kernel about an object's type by means of a pipe, once for each type.
        (void)EventLoop().now();
        getrlimit(RLIMIT_NOFILE, &before_);
        const int free = dup(STDERR_FILENO);
        close(free);
        rlimit none = before_;
        none.rlim_cur = static_cast<rlim_t>(free);
        setrlimit(RLIMIT_NOFILE, &none);
    }
    void give_back() const { setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

template <class Work>
int exit_code_of(Work work) {
    const pid_t child = fork();
    if (child == 0) _exit(work() ? 42 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool waits(EventLoop& loop) {
    const bool never = false;
    const TimePoint end = loop.now() + milliseconds(5);
    (void)loop.run_until(never, end);
    return loop.now() >= end;
}

TEST(WithoutDescriptors, TheFirstUseOfALoopFailsAndALaterOneWorks) {
    EXPECT_EQ(exit_code_of([] {
                  const Descriptors taken;
                  EventLoop loop;
                  const bool has_failed = !waits(loop) && loop.base() == nullptr;
                  taken.give_back();
                  return has_failed && waits(loop);
              }),
              42);
}

TEST(WithoutDescriptors, AForkedChildLeavesItsParentsLoopAlone) {
    EventLoop loop;
    ASSERT_TRUE(waits(loop));
    EXPECT_EQ(exit_code_of([&] {
                  const Descriptors taken;
                  const bool has_failed = !waits(loop) && loop.base() == nullptr;
                  taken.give_back();
                  return has_failed && waits(loop);
              }),
              42);
    EXPECT_TRUE(waits(loop));
}

}  // namespace
}  // namespace sessmirror::net
