// SPDX-License-Identifier: BSD-3-Clause
#include "record/ancestry.h"

#include <functional>

namespace sessmirror::record {

void Ancestry::add(Version version) noexcept {
    const std::uint64_t word = packed(version);
    if (version.is_none()) return;
    if (size_ == 0 || word < words_[size_ - 1]) return push(version);
    auto* const end = words_.begin() + size_;
    auto* const place = std::lower_bound(words_.begin(), end, word, std::greater<>());
    if (place != end && *place == word) return;
    const auto index = static_cast<std::size_t>(place - words_.begin());
    const bool is_root = index + roots_ > size_;
    if (size_ < kMost) {
        ++size_;
        if (is_root) ++roots_;
    }
    std::copy_backward(words_.begin() + index, words_.begin() + size_ - 1, words_.begin() + size_);
    words_[index] = word;
}

void Ancestry::trim(std::uint32_t unix_seconds, Members members) noexcept {
    if (members == Members::AllThere) {
        roots_ = 0;
    } else if (roots_ == 0) {
        size_ = static_cast<std::uint8_t>(std::min<std::size_t>(size_, kRoots));
        roots_ = size_;
    }
    const std::size_t first_root = std::size_t{size_} - roots_;
    const std::size_t room = kMost - 1 - roots_;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i) {
        const bool is_recent = (words_[i] >> 32) + kWindow >= unix_seconds;
        if (i >= first_root || i < kLeast || (is_recent && kept < room)) words_[kept++] = words_[i];
    }
    size_ = static_cast<std::uint8_t>(kept);
}

}  // namespace sessmirror::record
