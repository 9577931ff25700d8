// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/store_spec.h"

namespace sessmirror::test {

// A memcached of this machine as a child process, on a free loopback port or a UNIX socket, alive
// from start() to kill() or the end of the object. Aborts the test program when it cannot run.
class RealMemcached {
  public:
    explicit RealMemcached(std::vector<std::string> options = {}, bool on_unix_socket = false);
    ~RealMemcached();
    RealMemcached(const RealMemcached&) = delete;
    RealMemcached& operator=(const RealMemcached&) = delete;

    void start();  // on the same address as before
    void kill();   // at once, as a crash
    void stop();   // hangs: accepts connections (the kernel does), answers nothing
    void resume();

    [[nodiscard]] store::StoreSpec spec() const;
    // Sends `commands` on a connection of its own and returns what comes up to `until`.
    [[nodiscard]] std::string ask(std::string_view commands, std::string_view until = "\r\n") const;

  private:
    [[nodiscard]] int connect() const;

    std::vector<std::string> options_;
    std::string directory_;  // of the UNIX socket
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
};

}  // namespace sessmirror::test
