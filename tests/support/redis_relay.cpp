// SPDX-License-Identifier: BSD-3-Clause
#include "support/redis_relay.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace sessmirror::test {
namespace {

// The relay's own connection to Redis.
class Upstream {
  public:
    explicit Upstream(const RealRedis& redis) : fd_(redis.connect()) {}
    ~Upstream() {
        if (fd_ >= 0) ::close(fd_);
    }
    Upstream(const Upstream&) = delete;
    Upstream& operator=(const Upstream&) = delete;

    // Empty when Redis is gone.
    std::string ask(const RedisRelay::Words& words) {
        const std::string request = redis_request(words);
        if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size()))
            return {};
        std::string answer;
        for (int missing = 1; missing > 0; --missing) {
            const std::string line = take_line();
            if (line.empty()) return {};
            answer += line;
            const int size = std::atoi(line.c_str() + 1);
            if (line[0] == '$' && size >= 0)
                answer += take(static_cast<std::size_t>(size) + 2);
            else if (line[0] == '*' && size > 0)
                missing += size;
        }
        return answer;
    }

  private:
    std::string take_line() {
        std::size_t end;
        while ((end = input_.find("\r\n")) == std::string::npos)
            if (!fill()) return {};
        return take(end + 2);
    }
    std::string take(std::size_t size) {
        while (input_.size() < size)
            if (!fill()) return {};
        std::string bytes = input_.substr(0, size);
        input_.erase(0, size);
        return bytes;
    }
    bool fill() {
        char buffer[65536];
        pollfd wanted{fd_, POLLIN, 0};
        if (::poll(&wanted, 1, 5000) != 1) return false;
        const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
        if (size <= 0) return false;
        input_.append(buffer, static_cast<std::size_t>(size));
        return true;
    }

    int fd_;
    std::string input_;
};

}  // namespace

RedisRelay::Words read_redis_request(FakePeer& peer) {
    RedisRelay::Words words;
    const std::string head = peer.read_line();
    const int count = head.starts_with('*') ? std::atoi(head.c_str() + 1) : 0;
    for (int i = 0; i < count; ++i) {
        const std::string line = peer.read_line();
        if (!line.starts_with('$')) return {};
        words.push_back(peer.read_bytes(std::strtoul(line.c_str() + 1, nullptr, 10)));
        if (!peer.swallow(2)) return {};
    }
    return words;
}

RedisRelay::RedisRelay(const RealRedis& redis, Answer answer)
    : redis_(redis),
      answer_(std::move(answer)),
      server_([this](FakePeer& peer, int) { serve(peer); }) {}

store::StoreSpec RedisRelay::spec() const {
    store::StoreSpec out = redis_.spec();
    out.port = server_.port();
    return out;
}

void RedisRelay::serve(FakePeer& peer) {
    Upstream upstream(redis_);
    for (;;) {
        const Words command = read_redis_request(peer);
        if (command.empty()) return;
        const std::string answer = upstream.ask(command);
        if (answer.empty() || !answer_(peer, command, answer)) return;
    }
}

}  // namespace sessmirror::test
