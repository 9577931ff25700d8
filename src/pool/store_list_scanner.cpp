// SPDX-License-Identifier: BSD-3-Clause
#include "pool/store_list_scanner.h"

#include <algorithm>

namespace sessmirror::pool {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";
constexpr std::string_view kEnds = ",; \t\r\n\v\f";

}  // namespace

void StoreListScanner::skip_blanks() noexcept {
    position_ = std::min(text_.find_first_not_of(kBlanks, position_), text_.size());
}

bool StoreListScanner::skip_separator() noexcept {
    if (position_ == text_.size() || (text_[position_] != ',' && text_[position_] != ';'))
        return false;
    ++position_;
    return true;
}

Result<std::optional<std::string_view>> StoreListScanner::next() noexcept {
    skip_blanks();
    if (skip_separator()) skip_blanks();
    if (position_ == text_.size()) return std::optional<std::string_view>();
    if (skip_separator())
        return Error(Errc::BadConfig,
                     "store list: the entry after entry %d is empty (two separators in a row)",
                     count_);
    const std::size_t end = std::min(text_.find_first_of(kEnds, position_), text_.size());
    const std::string_view entry = text_.substr(position_, end - position_);
    position_ = end;
    ++count_;
    return std::optional<std::string_view>(entry);
}

}  // namespace sessmirror::pool
