// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/explorer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sessmirror::simulation {
namespace {

using replica::Locking;

constexpr std::array<SmallWorldShape, 6> kWorlds = {{
    {"locked", Locking::On, CasMode::ClientChooses, false, false},
    {"locked-one-visitor", Locking::On, CasMode::NodeCounts, true, false},
    {"optimistic", Locking::Optimistic, CasMode::ClientChooses, false, false},
    {"optimistic-one-visitor", Locking::Optimistic, CasMode::NodeCounts, true, false},
    {"unlocked", Locking::Off, CasMode::NodeCounts, false, false},
    {"future", Locking::On, CasMode::ClientChooses, false, true},
}};

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kBlanks = " \t\r";
    const std::size_t from = text.find_first_not_of(kBlanks);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

std::string_view take_until(std::string_view& text, char end) noexcept {
    const std::size_t at = text.find(end);
    const std::string_view part = text.substr(0, at);
    text = at == std::string_view::npos ? "" : text.substr(at + 1);
    return part;
}

std::optional<Finding> parse_finding(std::string_view name) noexcept {
    for (int i = 0; i < static_cast<int>(Finding::kCount); ++i)
        if (name == finding_name(static_cast<Finding>(i))) return static_cast<Finding>(i);
    return std::nullopt;
}

// nullopt when an event of the word is none where it stands.
std::optional<Report> judged(const SmallWorldShape& shape, const Word& word) {
    SmallWorld world(shape);
    for (const Letter& letter : word)
        if (!world.make(letter)) return std::nullopt;
    return world.judge();
}

class Explorer {
  public:
    explicit Explorer(const ExplorationPlan& plan) : plan_(plan) {}

    Exploration run() {
        std::vector<Word> frontier = {{}};
        for (int length = 1; length <= plan_.depth && !frontier.empty(); ++length) {
            std::vector<Word> next;
            for (const Word& word : frontier)
                for (const Letter& letter : plan_.alphabet) {
                    Word longer = word;
                    longer.push_back(letter);
                    if (is_sound(longer)) next.push_back(std::move(longer));
                }
            frontier = std::move(next);
        }
        return std::move(result_);
    }

  private:
    // False: not to be continued.
    bool is_sound(const Word& word) {
        const auto outcome = judged(plan_.shape, word);
        if (!outcome) return false;
        const Report& report = *outcome;
        ++result_.histories;
        bool is_sound = true;
        for (int i = 0; i < static_cast<int>(Finding::kCount); ++i) {
            const auto finding = static_cast<Finding>(i);
            if (!is_explored(finding) || report.count(finding) == 0) continue;
            is_sound = false;
            note({plan_.shape.name, finding, word, report.examples(finding).front()});
        }
        return is_sound;
    }

    void note(WrongWord wrong) {
        const bool is_known = std::ranges::any_of(plan_.known, [&](const KnownFinding& known) {
            return known.finding == wrong.finding && known.is_of(wrong.world) &&
                   is_within(known.pattern, wrong.word);
        });
        const bool is_told = std::ranges::any_of(result_.new_ones, [&](const WrongWord& earlier) {
            return earlier.finding == wrong.finding && is_within(earlier.word, wrong.word);
        });
        if (is_known) ++result_.known_again;
        if (!is_known && !is_told) result_.new_ones.push_back(std::move(wrong));
    }

    const ExplorationPlan& plan_;
    Exploration result_;
};

}  // namespace

std::span<const SmallWorldShape> small_worlds() noexcept {
    return kWorlds;
}

const SmallWorldShape* find_small_world(std::string_view name) noexcept {
    const auto found = std::ranges::find(kWorlds, name, &SmallWorldShape::name);
    return found == kWorlds.end() ? nullptr : &*found;
}

std::optional<std::vector<KnownFinding>> parse_known(std::string_view text, std::string& trouble) {
    std::vector<KnownFinding> known;
    for (int number = 1; !text.empty(); ++number) {
        std::string_view line = trimmed(take_until(text, '\n'));
        if (line.empty() || line.front() == '#') continue;
        const std::string whole(line);
        const std::string_view world = trimmed(take_until(line, '|'));
        const auto finding = parse_finding(trimmed(take_until(line, '|')));
        const auto pattern = parse_pattern(line);
        if (!finding || !pattern || (world != "*" && find_small_world(world) == nullptr)) {
            trouble = "line " + std::to_string(number) + " is no WORLD | FINDING | PATTERN";
            return std::nullopt;
        }
        known.push_back({std::string(world), *finding, *pattern, whole});
    }
    return known;
}

bool is_explored(Finding finding) noexcept {
    using enum Finding;
    switch (finding) {
        case StaleRead:   // OwnUnseen says it more strictly
        case WentBack:    // SeenUnseen
        case LostUpdate:  // UncountedLoss
        case SilentLoss:  // UncountedLoss
        case Fork:        // no promise where two sides cannot see each other
        case SplitHome:   // the same
        case Haunting:    // no promise for who has not seen the end, until all has healed: Risen
        case Failed:      // whoever reaches no store is refused
        case kCount:
            return false;
        default:
            return true;
    }
}

bool still_occurs(const KnownFinding& known) {
    for (const SmallWorldShape& shape : kWorlds) {
        if (!known.is_of(shape.name)) continue;
        for (const Word& word : words_of(known.pattern)) {
            const auto report = judged(shape, word);
            if (report && report->count(known.finding) > 0) return true;
        }
    }
    return false;
}

Exploration explore(const ExplorationPlan& plan) {
    return Explorer(plan).run();
}

}  // namespace sessmirror::simulation
