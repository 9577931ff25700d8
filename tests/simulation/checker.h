// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <string>
#include <vector>

#include "simulation/history.h"

namespace sessmirror::simulation {

// What a history can show. Which of these a policy promises never to happen, and under which
// faults, is the caller's to say; the checker counts them all.
enum class Finding : std::uint8_t {
    StaleRead,     // a client did not see an acknowledged change of its own, and nobody was told
    WentBack,      // a read returned an older version than an earlier one had, and nobody was told
    LostUpdate,    // an acknowledged change is not in the final state
    SilentLoss,    // the same, and neither it nor anything later reported trouble
    Fork,          // two acknowledged writes followed the same version
    Resurrection,  // a session came back for a client that had seen its end
    Haunting,      // the same for one that had not, such as the thief of a cookie
    LockShared,    // two requests held the session's lock at one store at one time
    SplitHome,     // the same at two stores
    LockBroken,    // a holder lost its lock although nobody but itself could give it up
    LostCopy,      // fewer stores were lost than had acknowledged a write, and it is gone
    LoggedOut,     // a read found no session although a copy was in reach
    Overtime,      // a call took longer than its deadline
    Risen,         // the same for anybody, after everything had healed and settled
    Diverged,      // a stale read then
    Behind,        // then a store still lacked a session's newest version
    Failed,        // a call was answered with an error
    // Of balance() in ledger.h.
    UncountedLoss,
    MiscountedLoss,
    OwnUnseen,
    SeenUnseen,
    WriteOrder,
    CauseUnseen,
    kCount,
};
const char* finding_name(Finding finding) noexcept;

class Report {
  public:
    static constexpr std::size_t kExamples = 5;  // of each kind

    void add(Finding finding, const Call& call, const std::string& detail);
    void add(Finding finding, const Hold& hold, const std::string& detail);

    void add_counts(const Report& other) noexcept;

    [[nodiscard]] int count(Finding finding) const noexcept {
        return counts_[static_cast<std::size_t>(finding)];
    }
    [[nodiscard]] const std::vector<std::string>& examples(Finding finding) const noexcept {
        return examples_[static_cast<std::size_t>(finding)];
    }

  private:
    static constexpr std::size_t kKinds = static_cast<std::size_t>(Finding::kCount);
    void add(Finding finding, std::string text);

    std::array<int, kKinds> counts_{};
    std::array<std::vector<std::string>, kKinds> examples_{};
};

// One pass per kind over each session's calls: linear but for sorting, and sound because every
// change is unique and every version has one writer. Nothing is concluded from calls that failed or
// never returned: both may have happened. A destroy ends what is expected of a session when it is
// invoked, acknowledged or not.
Report check(const History& history);

}  // namespace sessmirror::simulation
