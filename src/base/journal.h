// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "base/error.h"

namespace sessmirror {

enum class Severity : std::uint8_t { Warning, Notice, Info };

// Something an administrator should read in the log although the request went on: a store went
// down or came back, a write has fewer copies than asked for, a conflict was resolved.
struct JournalEntry {
    Severity severity = Severity::Notice;
    char text[320] = {};
};

// Collects entries while the core runs; the shim logs them when it is back in PHP's hands, because
// the core never prints and no Zend call may happen inside a callback. Holds the first kCapacity
// entries, then counts what it had to drop.
class Journal {
  public:
    static constexpr int kCapacity = 8;

    [[gnu::format(printf, 3, 4)]] void add(Severity severity, const char* format, ...) noexcept;
    [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }
    // Oldest first; false when there is none.
    bool take(JournalEntry& out) noexcept;
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    std::array<JournalEntry, kCapacity> entries_{};
    int first_ = 0;
    int size_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace sessmirror
