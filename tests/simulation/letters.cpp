// SPDX-License-Identifier: BSD-3-Clause
#include "simulation/letters.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sessmirror::simulation {
namespace {

constexpr int kPlaces = 2;
constexpr auto kFirstWithoutPlace = Event::Cut;
constexpr std::array<std::string_view, static_cast<std::size_t>(Event::kCount)> kNames = {
    "R", "W", "O", "D", "A", "M", "L", "F", "E", "S", "P", "C", "CUT", "HEAL", "LAND", "FF", "X"};

std::string name_of(const Letter& letter) {
    std::string name(kNames[static_cast<std::size_t>(letter.event)]);
    if (letter.event < kFirstWithoutPlace) name += static_cast<char>('0' + letter.place);
    return name;
}

Word all_letters() {
    Word letters;
    for (std::size_t e = 0; e < kNames.size(); ++e)
        for (std::uint8_t place = 0; place < kPlaces; ++place)
            if (place == 0 || static_cast<Event>(e) < kFirstWithoutPlace)
                letters.push_back({static_cast<Event>(e), place});
    return letters;
}

bool is_write(const Letter& letter) noexcept {
    return letter.event == Event::Write || letter.event == Event::LateWrite ||
           letter.event == Event::Abandoned;
}

bool fits(const Letter& letter, std::string_view blank) {
    const std::string name = name_of(letter);
    const bool is_any_place = blank.ends_with('*');
    if (blank.starts_with('w'))
        return is_write(letter) && (is_any_place || name.back() == blank.back());
    return is_any_place ? name.size() == 2 && name.front() == blank.front() : name == blank;
}

template <class Take>
void each_part(std::string_view text, Take take) {
    while (!text.empty()) {
        const std::size_t length = text.find(' ');
        const std::string_view part = text.substr(0, length);
        text = length == std::string_view::npos ? "" : text.substr(length + 1);
        if (!part.empty()) take(part);
    }
}

}  // namespace

std::string to_text(const Word& word) {
    std::string text;
    for (const Letter& letter : word) text += (text.empty() ? "" : " ") + name_of(letter);
    return text;
}

std::optional<Word> parse_word(std::string_view text) {
    const auto pattern = parse_pattern(text);
    if (!pattern) return std::nullopt;
    const std::vector<Word> words = words_of(*pattern);
    return words.size() == 1 ? std::optional(words.front()) : std::nullopt;
}

std::optional<Pattern> parse_pattern(std::string_view text) {
    Pattern pattern;
    each_part(text, [&pattern](std::string_view blank) {
        Word& fitting = pattern.emplace_back(all_letters());
        std::erase_if(fitting, [blank](const Letter& letter) { return !fits(letter, blank); });
    });
    for (const Word& fitting : pattern)
        if (fitting.empty()) return std::nullopt;
    return pattern;
}

std::vector<Word> words_of(const Pattern& pattern) {
    std::vector<Word> words = {{}};
    for (const Word& fitting : pattern) {
        std::vector<Word> longer;
        for (const Word& word : words)
            for (const Letter& letter : fitting) {
                longer.push_back(word);
                longer.back().push_back(letter);
            }
        words = std::move(longer);
    }
    return words;
}

bool is_within(const Pattern& pattern, const Word& whole) noexcept {
    auto next = pattern.begin();
    for (const Letter& letter : whole)
        if (next != pattern.end() && std::ranges::find(*next, letter) != next->end()) ++next;
    return next == pattern.end();
}

bool is_within(const Word& part, const Word& whole) noexcept {
    auto next = part.begin();
    for (const Letter& letter : whole)
        if (next != part.end() && *next == letter) ++next;
    return next == part.end();
}

}  // namespace sessmirror::simulation
