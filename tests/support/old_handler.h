// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace sessmirror::test {

// A session handler of PHP or of one of its extensions, as a page of a site that has not moved yet
// uses it. Each call is a page of its own, by the PHP of the command line.
class OldHandler {
  public:
    // "session.save_handler=memcached", "session.save_path=127.0.0.1:11211".
    explicit OldHandler(std::vector<std::string> settings) : settings_(std::move(settings)) {}

    // Runs code in an open session of this id, and gives what it prints.
    [[nodiscard]] std::string page(const std::string& id, const std::string& code) const;
    void store(const std::string& id, const std::string& code) const { (void)page(id, code); }
    // What the handler has, as PHP's serializer made it; empty: no session, and from then on an
    // empty one.
    [[nodiscard]] std::string load(const std::string& id) const {
        return page(id, "echo session_encode();");
    }

  private:
    std::vector<std::string> settings_;
};

}  // namespace sessmirror::test
