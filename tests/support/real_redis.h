// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/real_server.h"

namespace sessmirror::test {

// As it is sent: an array of strings.
std::string redis_request(const std::vector<std::string>& words);

struct RedisSettings {
    bool on_unix_socket = false;
    std::string password{};              // empty: none is asked for
    std::uint32_t databases = 16;        // of which spec() names the first
    std::vector<std::string> options{};  // more of them
};

// Keeps nothing on disk, so that one that was killed comes back empty.
class RealRedis final : public RealServer {
  public:
    explicit RealRedis(RedisSettings settings = {});

    // The answer to one command as it was sent, "+OK\r\n" for instance; given on a connection of
    // its own.
    [[nodiscard]] std::string command(const std::vector<std::string>& words,
                                      std::uint32_t database = 0) const;
    // The same without what announces it. For simple strings, integers and bulk strings.
    [[nodiscard]] std::string value(const std::vector<std::string>& words) const;

  private:
    [[nodiscard]] std::vector<std::string> arguments() const override;
    [[nodiscard]] bool answers() const override;

    const RedisSettings settings_;
};

}  // namespace sessmirror::test
