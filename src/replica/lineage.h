// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "base/inline_memory.h"
#include "record/envelope.h"

namespace sessmirror::replica {

// The versions whose content a write contains, or knowingly replaces: it may overwrite these on any
// store, and nothing else.
//
// Exact: what is not known to be an ancestor is none (record::Ancestry). Records of the first
// format name their parent only; about the rest of their history this reasons with generations,
// which grow along it: whoever is older than the parent counts as an ancestor.
class Lineage {
  public:
    Lineage() { versions_.reserve(kUsual); }

    void add(const record::Envelope& known) {
        if (versions_.empty()) roots_ = known.ancestors.roots();
        versions_.push_back(record::packed(known.version));
        const auto words = known.ancestors.words();
        versions_.insert(versions_.end(), words.begin(), words.end());
        newest_ = std::max(newest_, known.version);
        incarnation_ = std::max(incarnation_, known.incarnation);
        format_ = std::max(format_, known.format);
        lifetime_s_ = std::max(lifetime_s_, known.lifetime_s);
        if (known.format == record::Format::First)
            covered_below_ = std::max(covered_below_, known.parent().generation);
    }
    // A version that this write was sent as: it says nothing new about what is older.
    void add(record::Version sent) {
        versions_.push_back(record::packed(sent));
        newest_ = std::max(newest_, sent);
    }

    [[nodiscard]] bool covers(record::Version version) const noexcept {
        return version.generation < covered_below_ ||
               std::ranges::find(versions_, record::packed(version)) != versions_.end();
    }
    // The same, or it ended with a tombstone that this descends from.
    [[nodiscard]] bool covers(const record::Envelope& other) const noexcept {
        return other.incarnation < incarnation_ || covers(other.version);
    }

    // none() when nothing was added.
    [[nodiscard]] record::Version newest() const noexcept { return newest_; }
    [[nodiscard]] record::Version incarnation() const noexcept { return incarnation_; }
    // The latest format among them, and the longest lifetime.
    [[nodiscard]] record::Format format() const noexcept { return format_; }
    [[nodiscard]] std::uint32_t lifetime_s() const noexcept { return lifetime_s_; }
    // Of a version that is made from all of this. Still to be trimmed.
    [[nodiscard]] record::Ancestry ancestors() const noexcept {
        record::Ancestry out;
        for (const std::uint64_t word : versions_) out.add(record::unpacked(word));
        out.set_roots(roots_);
        return out;
    }

  private:
    // Most writes meet nobody, and know one version with what it was made from.
    static constexpr std::size_t kUsual = 2 + record::Ancestry::kMost;
    InlineMemory<kUsual * sizeof(std::uint64_t)> memory_;
    std::pmr::vector<std::uint64_t> versions_{memory_.get()};
    std::size_t roots_ = 0;
    record::Version newest_;
    record::Version incarnation_;
    std::uint32_t covered_below_ = 0;
    record::Format format_ = record::Format::First;
    std::uint32_t lifetime_s_ = 0;
};

// How many writes are gone when `loser` is replaced by what `standing` is the lineage of: those
// that the loser was made of and the other was not. Where their histories do not reach a common
// ancestor it is one, for the loser itself: more cannot be proven.
inline std::uint64_t writes_lost(const Lineage& standing, const record::Envelope& loser) noexcept {
    if (standing.covers(loser)) return 0;
    std::uint64_t lost = 1;
    for (const std::uint64_t word : loser.ancestors.words()) {
        if (standing.covers(record::unpacked(word))) return lost;
        ++lost;
    }
    const bool is_whole_history = loser.ancestors.size() < record::Ancestry::kLeast;
    return is_whole_history && loser.format != record::Format::First ? lost : 1;
}

}  // namespace sessmirror::replica
