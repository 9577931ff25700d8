// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sessmirror::simulation {

// What can happen in a small world (small_world.h). The first group is told apart by a digit: the
// host that serves the page, or the store with the host of this number.
enum class Event : std::uint8_t {
    Read,          // R  a page that changes nothing
    Write,         // W  a page that adds a change
    LateWrite,     // O  the same, with headers that left before: its visitor gets an open token
    Destroy,       // D  a page that ends the session
    Abandoned,     // A  a write whose worker dies while it is on its way, which LAND delivers
    Chores,        // M  probes, missed writes and refills, as workers do them between pages
    Reload,        // L  new workers with a fresh host page
    RefillAll,     // F  everything is compared with all stores, whatever is known
    RestartEmpty,  // E
    RestartWarm,   // S  with the memory that the store had at the beginning
    Pause,         // P  the store hangs
    Continue,      // C  it goes on
    // Without a digit.
    Cut,         // CUT   hosts and stores with different numbers lose sight of each other
    Heal,        // HEAL
    Land,        // LAND  all that was abandoned arrives
    RefillBoth,  // FF    F0 and F1 at one time
    Expire,      // X     a lifetime passes
    kCount,
};

struct Letter {
    Event event = Event::Read;
    std::uint8_t place = 0;
    friend bool operator==(const Letter&, const Letter&) = default;
};
using Word = std::vector<Letter>;

// "CUT W1 W0"; nullopt for what is none.
std::string to_text(const Word& word);
std::optional<Word> parse_word(std::string_view text);

// A word with blanks: `W*` is W0 or W1, and `w0` any write by host 0: W0, O0 or A0.
using Pattern = std::vector<Word>;  // for each place the letters that fit
std::optional<Pattern> parse_pattern(std::string_view text);
std::vector<Word> words_of(const Pattern& pattern);

// Whether a word of the pattern is left of `whole` when letters are taken out.
bool is_within(const Pattern& pattern, const Word& whole) noexcept;
bool is_within(const Word& part, const Word& whole) noexcept;

}  // namespace sessmirror::simulation
