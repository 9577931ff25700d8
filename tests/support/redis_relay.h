// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_server.h"
#include "support/real_redis.h"

namespace sessmirror::test {

// Stands in front of a real Redis and hands on every command by itself, so that a test can spoil
// one answer among good ones without knowing what a store sends.
class RedisRelay {
  public:
    using Words = std::vector<std::string>;
    // Called for every command, with Redis' answer to it, by the threads of the connections. False
    // ends the connection.
    using Answer = std::function<bool(FakePeer&, const Words& command, const std::string& answer)>;

    RedisRelay(const RealRedis& redis, Answer answer);

    [[nodiscard]] store::StoreSpec spec() const;  // of the relay
    [[nodiscard]] int connections() const noexcept { return server_.connections(); }

  private:
    void serve(FakePeer& peer);

    const RealRedis& redis_;
    Answer answer_;
    FakeServer server_;  // last: its threads use the others
};

// A command for scripts that play the whole server; empty when the client has closed, or the server
// stops.
RedisRelay::Words read_redis_request(FakePeer& peer);

}  // namespace sessmirror::test
