// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/checker.h"
#include "simulation/letters.h"
#include "simulation/small_world.h"

namespace sessmirror::simulation {

// The worlds that are explored, by name.
std::span<const SmallWorldShape> small_worlds() noexcept;
const SmallWorldShape* find_small_world(std::string_view name) noexcept;

// A history and one kind of what is wrong with it.
struct WrongWord {
    std::string_view world;  // name
    Finding finding = Finding::kCount;
    Word word;
    std::string example{};  // what the checker says of it
};

// What is known to be wrong, and not promised yet or not at all.
struct KnownFinding {
    std::string world;  // name; "*" stands for all
    Finding finding = Finding::kCount;
    Pattern pattern;
    std::string line;

    [[nodiscard]] bool is_of(std::string_view its_world) const noexcept {
        return world == "*" || world == its_world;
    }
};

// Reads a list of them: a line is `WORLD | FINDING | PATTERN`, or empty, or a comment that begins
// with '#'. nullopt, and `trouble` says why, for anything else.
std::optional<std::vector<KnownFinding>> parse_known(std::string_view text, std::string& trouble);
// Whether it still occurs in some world, in a history that has no more letters than it says.
bool still_occurs(const KnownFinding& known);

// What the explorer takes for wrong; the checker's other findings are told by these, or are no
// promise.
bool is_explored(Finding finding) noexcept;

struct ExplorationPlan {
    SmallWorldShape shape;
    Word alphabet;
    int depth = 4;
    std::vector<KnownFinding> known;
};

struct Exploration {
    std::uint64_t histories = 0;      // that were judged
    std::vector<WrongWord> new_ones;  // the shortest first; none contains another of its kind
    std::uint64_t known_again = 0;    // findings that the list knows
};

// Every history of up to `depth` letters of the alphabet, the shortest first. A history in which a
// known or an earlier finding of the same kind lies, letters in between left out, is none of its
// own. A history is not continued where something is wrong with it.
Exploration explore(const ExplorationPlan& plan);

}  // namespace sessmirror::simulation
