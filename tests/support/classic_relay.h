// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "support/fake_server.h"
#include "support/real_memcached.h"

namespace sessmirror::test {

// Stands in front of a real memcached as an old one, or a proxy, would: it says another version,
// and knows no meta command. What stands behind an unknown command it takes for commands, as such
// servers do.
class ClassicRelay {
  public:
    explicit ClassicRelay(const RealMemcached& server, std::string version = "1.5.22");

    [[nodiscard]] store::StoreSpec spec() const;  // of the relay
    [[nodiscard]] int connections() const noexcept { return server_.connections(); }
    // First words of lines that it did not know.
    [[nodiscard]] std::vector<std::string> unknown() const;
    // Commands that it answers with ERROR although a memcached knows them.
    void forbid(std::string word);

  private:
    void serve(FakePeer& peer);
    [[nodiscard]] std::string answer(FakePeer& peer, const std::string& line);
    [[nodiscard]] bool is_forbidden(const std::string& word) const;

    const RealMemcached& real_;
    const std::string version_;
    mutable std::mutex mutex_;
    std::vector<std::string> unknown_;
    std::vector<std::string> forbidden_;
    FakeServer server_;  // last: its threads use the others
};

}  // namespace sessmirror::test
