// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace sessmirror::test {

// A name server on the loopback interface that answers every question for an IPv4 address with
// `address`, after `delay_ms`, and questions for other kinds with "none", or not at all. Runs in a
// thread of its own until it ends. Its resolv_conf() names it.
class NameServer {
  public:
    NameServer();
    ~NameServer();
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    [[nodiscard]] const std::string& resolv_conf() const noexcept { return path_; }
    [[nodiscard]] int questions() const noexcept { return questions_; }

    std::atomic<std::uint32_t> address{0x7f000001};  // host byte order
    std::atomic<int> delay_ms{0};
    std::atomic<bool> drops_ipv6{false};
    std::atomic<bool> is_silent{false};

  private:
    void serve();

    int socket_;
    std::string path_;
    std::atomic<bool> ends_{false};
    std::atomic<int> questions_{0};
    std::thread thread_;
};

}  // namespace sessmirror::test
