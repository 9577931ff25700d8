// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/store_spec.h"

namespace sessmirror::test {

// A store's server of this machine as a child process, on a free loopback port or a UNIX socket,
// alive from start() to kill() or the end of the object. Aborts the test program when it cannot
// run.
class RealServer {
  public:
    RealServer(const RealServer&) = delete;
    RealServer& operator=(const RealServer&) = delete;

    void start();  // on the same address as before
    void kill();   // at once, as a crash
    void stop();   // hangs: accepts connections (the kernel does), answers nothing
    void resume();

    [[nodiscard]] const store::StoreSpec& spec() const noexcept { return spec_; }
    // A socket of the caller's; -1 when nobody listens.
    [[nodiscard]] int connect() const;
    // Sends `commands` on a connection of its own and returns what comes up to `until`.
    [[nodiscard]] std::string ask(std::string_view commands, std::string_view until = "\r\n") const;

  protected:
    // The address of spec(); the process is the derived class' to start.
    RealServer(const char* program, bool on_unix_socket);
    ~RealServer();

    [[nodiscard]] virtual std::vector<std::string> arguments() const = 0;
    [[nodiscard]] virtual bool answers() const = 0;

    store::StoreSpec spec_;

  private:
    [[noreturn]] void give_up(const char* why) const;

    const char* program_;
    std::string directory_;  // of the UNIX socket
    pid_t pid_ = -1;
};

}  // namespace sessmirror::test
