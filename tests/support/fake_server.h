// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sessmirror::test {

// One connection of the fake server, as its script sees it. Every wait ends when the server stops.
class FakePeer {
  public:
    FakePeer(int fd, int stop_fd) noexcept : fd_(fd), stop_fd_(stop_fd) {}

    // The next command line without its end; the data block of an `ms` is read as well and kept in
    // last_data(). Empty when the client has closed, or the server stops.
    std::string read_command();
    // The same without the data block, which swallow() may then read piece by piece.
    std::string read_line();
    // So many bytes, or fewer when the client has closed before, or the server stops.
    std::string read_bytes(std::size_t size);
    // Reads so many bytes and keeps none. False when the client has closed before, or the server
    // stops.
    bool swallow(std::size_t bytes);
    // Reads n commands and returns the last.
    std::string skip_commands(int n);
    [[nodiscard]] const std::string& last_data() const noexcept { return data_; }

    // False when the client is gone.
    bool send(std::string_view bytes);
    // Until the client closes or the server stops.
    void stall();
    // From now on its host keeps little of what the script does not read.
    void limit_backlog();
    // As stall(), and takes nothing meanwhile.
    void hang();
    // Sends the same bytes over and over, until the client closes or the server stops.
    void flood(std::string_view bytes);

  private:
    bool fill();

    int fd_;
    int stop_fd_;
    std::string input_;
    std::string data_;
};

// " O17" of a command line, ready to be put behind a reply; empty when there is none.
std::string opaque_of(std::string_view command);

// A scripted server in this process: each connection runs the script on a thread of its own,
// and is closed when the script returns. Listens on a free loopback port.
class FakeServer {
  public:
    using Script = std::function<void(FakePeer&, int connection)>;  // counted from 0

    explicit FakeServer(Script script);
    ~FakeServer();
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] int connections() const noexcept { return connections_; }

  private:
    void accept_all();

    Script script_;
    std::uint16_t port_ = 0;  // before listener_, which sets it
    int listener_ = -1;
    int stop_fd_ = -1;
    std::atomic<int> connections_{0};
    std::vector<std::thread> workers_;
    std::thread acceptor_;
};

// Answers `version`, and `stats` after it, as 1.6.18 does, and returns the next command.
std::string greet(FakePeer& peer);

// A listening socket whose queue is full, so that connecting to it never ends.
class BlackHole {
  public:
    BlackHole();
    ~BlackHole();
    BlackHole(const BlackHole&) = delete;
    BlackHole& operator=(const BlackHole&) = delete;
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  private:
    std::uint16_t port_ = 0;  // before listener_, which sets it
    int listener_ = -1;
    std::vector<int> fillers_;
};

// A loopback port on which nobody listens.
std::uint16_t free_port();

}  // namespace sessmirror::test
