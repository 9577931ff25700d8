// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "support/real_server.h"

namespace sessmirror::test {

class RealMemcached final : public RealServer {
  public:
    explicit RealMemcached(std::vector<std::string> options = {}, bool on_unix_socket = false);

  private:
    [[nodiscard]] std::vector<std::string> arguments() const override;
    [[nodiscard]] bool answers() const override;

    std::vector<std::string> options_;
};

}  // namespace sessmirror::test
