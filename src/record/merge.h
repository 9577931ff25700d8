// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "record/session_entries.h"

namespace sessmirror::record {

struct Merge {
    enum class Outcome : std::uint8_t {
        Merged,
        Unsplittable,  // one of the three could not be taken apart; see SessionEntries
    };
    Outcome outcome = Outcome::Unsplittable;
    std::string payload;           // Merged: the session with both sides' changes
    std::uint64_t collisions = 0;  // keys that both sides changed, so that one change was lost
};

// Joins the changes that two requests made to one session, by top-level key. `base` is what "mine"
// had read, and "theirs" must have been made from it, at once or in several steps.
//
//   changed by              the result has
//   nobody, only theirs     theirs
//   only mine               mine
//   both                    mine, counted; for a protected key theirs, counted
//
// A key that was added or removed has changed. Two equal changes are counted like others: of two
// requests that each added one to a counter, one was lost. The result keeps the order of theirs;
// keys that only mine has follow. Empty payloads are sessions without keys.
Merge three_way_merge(Serialization form, std::string_view base, std::string_view mine,
                      std::string_view theirs, std::span<const std::string> protected_keys = {});

}  // namespace sessmirror::record
