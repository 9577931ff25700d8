// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sessmirror::test {

// A forked process that runs `work`, tells that it is done, and then stays until it is killed.
class ChildProcess {
  public:
    template <class Work>
    explicit ChildProcess(Work work) {
        int done[2] = {-1, -1};
        if (pipe(done) != 0) return;
        pid_ = fork();
        if (pid_ == 0) {
            work();
            const char mark = 1;
            if (write(done[1], &mark, 1) != 1) _exit(1);
            for (;;) pause();
        }
        close(done[1]);
        char mark = 0;
        worked_ = read(done[0], &mark, 1) == 1;
        close(done[0]);
    }
    ~ChildProcess() {
        kill_only();
        reap();
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] bool worked() const { return worked_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    // Leaves a zombie: waits for the death without collecting it.
    void kill_only() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        siginfo_t info{};
        waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
    }
    void reap() {
        if (pid_ > 0) waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }

  private:
    pid_t pid_ = -1;
    bool worked_ = false;
};

}  // namespace sessmirror::test
