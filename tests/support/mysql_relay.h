// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "support/real_mariadb.h"

namespace sessmirror::test {

// Between a client and a real server, on a TCP port: counts what the client asks, and may change
// what the server says.
class MysqlRelay {
  public:
    // Given what the server has sent at once, and how many packets the client had asked with on
    // this connection (0: the server's greeting or an answer to the login). False: the connection
    // ends here. Called on a thread of the relay.
    using Answer = std::function<bool(std::string& bytes, int asked)>;

    explicit MysqlRelay(const RealMariadb& server, Answer answer = {});
    ~MysqlRelay();
    MysqlRelay(const MysqlRelay&) = delete;
    MysqlRelay& operator=(const MysqlRelay&) = delete;

    [[nodiscard]] store::MysqlTarget target(std::string table = "sessions") const;
    // On all connections, but for the login.
    [[nodiscard]] int asked() const noexcept { return asked_; }
    [[nodiscard]] int connections() const noexcept { return connections_; }

  private:
    void run();
    void serve(int client);

    const RealMariadb& server_;
    const Answer answer_;
    std::uint16_t port_ = 0;
    int listener_ = -1;
    int stop_fd_ = -1;
    std::atomic<int> asked_{0};
    std::atomic<int> connections_{0};
    std::thread thread_;
};

}  // namespace sessmirror::test
