// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <set>

namespace sessmirror::simulation {

// The simulated system's processes, of all hosts. While one exists, the production code's questions
// about processes (pool/process_identity.h) are answered from it; see process_seam.cpp. One at a
// time.
class ProcessTable {
  public:
    ProcessTable() noexcept;
    ~ProcessTable();
    ProcessTable(const ProcessTable&) = delete;
    ProcessTable& operator=(const ProcessTable&) = delete;

    static const ProcessTable* now() noexcept;  // nullptr when there is none

    // A new process, which is the current one until another is started.
    std::uint32_t start() noexcept;
    void end(std::uint32_t pid) noexcept { alive_.erase(pid); }

    [[nodiscard]] bool runs(std::uint32_t pid) const noexcept { return alive_.count(pid) != 0; }
    [[nodiscard]] std::uint32_t current() const noexcept { return last_; }

  private:
    std::uint32_t last_ = 0;
    std::set<std::uint32_t> alive_;
};

}  // namespace sessmirror::simulation
