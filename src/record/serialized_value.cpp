// SPDX-License-Identifier: BSD-3-Clause
#include "record/serialized_value.h"

#include <algorithm>
#include <limits>

namespace sessmirror::record {
namespace {

constexpr std::uint64_t kMaxSlot = std::numeric_limits<std::int32_t>::max();

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// "-12": what PHP makes a whole number of. As a key it has no other spelling.
bool is_integer(std::string_view text) noexcept {
    if (text == "-0") return false;
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    return !text.empty() && text.size() < 20 && std::all_of(text.begin(), text.end(), is_digit) &&
           (text.size() == 1 || text.front() != '0');
}

bool is_float(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789+-.eEINFA") == std::string_view::npos;
}

}  // namespace

bool ValueScanner::skip_text(std::string_view expected) noexcept {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
}

std::optional<std::string_view> ValueScanner::skip_to(char end) noexcept {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) return std::nullopt;
    const std::string_view passed = text_.substr(at_, found - at_);
    at_ = found + 1;
    return passed;
}

std::optional<std::string_view> ValueScanner::skip_bytes(std::size_t length) noexcept {
    if (length > text_.size() - at_) return std::nullopt;
    at_ += length;
    return text_.substr(at_ - length, length);
}

std::optional<std::uint64_t> ValueScanner::skip_count(char end, std::uint64_t max) noexcept {
    constexpr std::uint64_t kOverflow = std::numeric_limits<std::uint64_t>::max() / 16;
    std::uint64_t count = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && is_digit(text_[at_]) && count < kOverflow; ++at_)
        count = count * 10 + static_cast<std::uint64_t>(text_[at_] - '0');
    if (at_ == begin || count > max || at_ == text_.size() || text_[at_] != end)
        return std::nullopt;
    ++at_;
    return count;
}

// 5:"bytes"
std::optional<std::string_view> ValueScanner::skip_quoted() noexcept {
    const auto length = skip_count(':', text_.size());
    if (!length || !skip_text("\"")) return std::nullopt;
    const auto content = skip_bytes(*length);
    if (!content || !skip_text("\"")) return std::nullopt;
    return content;
}

std::optional<std::string_view> ValueScanner::skip_key() noexcept {
    if (skip_text("i:")) {
        const auto number = skip_to(';');
        return number && is_integer(*number) ? number : std::nullopt;
    }
    if (!skip_text("s:")) return std::nullopt;
    const auto content = skip_quoted();
    return skip_text(";") ? content : std::nullopt;
}

bool ValueScanner::skip_value(std::uint32_t first_slot) {
    open_.clear();
    while (skip_one(first_slot)) {
        while (!open_.empty() && open_.back() == 0) {
            if (!skip_text("}")) return false;
            open_.pop_back();
        }
        if (open_.empty()) return true;
        --open_.back();
        if (!skip_key()) return false;
    }
    return false;
}

// A value without its elements.
bool ValueScanner::skip_one(std::uint32_t first_slot) {
    if (next_slot_ >= kMaxSlot) return false;
    const auto head = skip_bytes(2);
    if (!head) return false;
    const char type = head->front();
    if (type == 'R') return head->back() == ':' && skip_reference(type, first_slot);
    ++next_slot_;
    if (type == 'N') return head->back() == ';';
    if (head->back() != ':') return false;
    switch (type) {
        case 'a':
            return open_container(false);
        case 'O':
            return open_container(true);
        case 'r':
            return skip_reference(type, first_slot);
        case 'E':
            return skip_enum_case();
        default:
            return skip_scalar(type);
    }
}

bool ValueScanner::skip_scalar(char type) noexcept {
    if (type == 's') return skip_quoted() && skip_text(";");
    const auto text = skip_to(';');
    if (!text) return false;
    switch (type) {
        case 'b':
            return *text == "0" || *text == "1";
        case 'i':
            return is_integer(*text);
        case 'd':
            return is_float(*text);
        default:
            return false;
    }
}

bool ValueScanner::open_container(bool is_object) {
    if (open_.size() >= kMaxDepth) return false;
    if (is_object && (!skip_quoted() || !skip_text(":"))) return false;
    const auto elements = skip_count(':', text_.size());
    if (!elements || !skip_text("{")) return false;
    open_.push_back(*elements);
    return true;
}

bool ValueScanner::skip_enum_case() {
    const std::size_t begin = at_ - 2;
    if (!skip_quoted() || !skip_text(";")) return false;
    enum_cases_.push_back({next_slot_ - 1, text_.substr(begin, at_ - begin)});
    return true;
}

bool ValueScanner::skip_reference(char type, std::uint32_t first_slot) {
    const std::size_t begin = at_;
    const auto slot = skip_count(';', kMaxSlot);
    const std::uint32_t own_slot = type == 'r' ? next_slot_ - 1 : next_slot_;
    if (!slot || *slot == 0 || *slot >= own_slot) return false;
    const auto target = static_cast<std::uint32_t>(*slot);
    if (type == 'r') {
        const auto found = std::lower_bound(
            enum_cases_.begin(), enum_cases_.end(), target,
            [](const EnumCase& known, std::uint32_t wanted) { return known.slot < wanted; });
        if (found != enum_cases_.end() && found->slot == target) {
            references_.push_back({begin - 2, at_ - begin + 2, 0, found->text});
            return true;
        }
    }
    references_.push_back({begin, at_ - 1 - begin, target, {}});
    return target >= first_slot;
}

}  // namespace sessmirror::record
