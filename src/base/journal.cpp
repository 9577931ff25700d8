// SPDX-License-Identifier: BSD-3-Clause
#include "base/journal.h"

#include <cstdio>

namespace sessmirror {

void Journal::add(Severity severity, const char* format, ...) noexcept {
    if (size_ == kCapacity) {
        ++dropped_;
        return;
    }
    JournalEntry& entry = entries_[static_cast<std::size_t>((first_ + size_++) % kCapacity)];
    entry.severity = severity;
    va_list args;
    va_start(args, format);
    std::vsnprintf(entry.text, sizeof entry.text, format, args);
    va_end(args);
}

bool Journal::take(JournalEntry& out) noexcept {
    if (size_ == 0) return false;
    out = entries_[static_cast<std::size_t>(first_)];
    first_ = (first_ + 1) % kCapacity;
    --size_;
    return true;
}

}  // namespace sessmirror
