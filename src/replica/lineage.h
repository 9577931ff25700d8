// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <vector>

#include "base/inline_memory.h"
#include "record/envelope.h"

namespace sessmirror::replica {

// The versions whose content a write contains, or knowingly replaces: it may overwrite these on any
// store, and nothing else. Only parents are stored, so about the rest of a history this reasons
// with generations, which grow along it: whoever is older than the parent of a known version counts
// as its ancestor, but who is younger than the parent and not the version itself is no ancestor; it
// was written beside it, by a request that had not read it. (What was merged into a version beside
// its parent is taken for such a stranger, too: better reported twice than buried in silence.)
class Lineage {
  public:
    void add(const record::Envelope& known) {
        members_.push_back({known.version, known.parent});
        newest_ = std::max(newest_, known.version);
    }

    [[nodiscard]] bool covers(record::Version version) const noexcept {
        return std::any_of(members_.begin(), members_.end(), [version](const Member& member) {
            return version == member.version || version == member.parent ||
                   version.generation < member.parent.generation;
        });
    }

    // none() when nothing was added.
    [[nodiscard]] record::Version newest() const noexcept { return newest_; }

  private:
    struct Member {
        record::Version version;
        record::Version parent;
    };
    // Most writes meet nobody, and know one version; it grows to two when they do.
    static constexpr std::size_t kUsual = 1 + 2;
    InlineMemory<kUsual * sizeof(Member)> memory_;
    std::pmr::vector<Member> members_{memory_.get()};
    record::Version newest_;
};

}  // namespace sessmirror::replica
