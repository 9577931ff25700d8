// SPDX-License-Identifier: BSD-3-Clause
#include "migration/classic_answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace sessmirror::migration {
namespace {

// "VALUE <key> <flags> <bytes> [<cas>]", cut at its blanks; no more than it has.
std::array<std::string_view, 5> words_of(std::string_view line) noexcept {
    std::array<std::string_view, 5> words;
    for (auto& word : words) {
        const std::size_t end = std::min(line.find(' '), line.size());
        word = line.substr(0, end);
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

}  // namespace

void ClassicAnswer::begin(bool) {
    buffer_.clear();
    values_.clear();
    lines_.clear();
}

Error ClassicAnswer::nonsense() const noexcept {
    return Error(Errc::Protocol, "%.120s gave no answer of memcached's protocol", name_.c_str());
}

Result<bool> ClassicAnswer::take(ByteView bytes) {
    buffer_.append(as_text(bytes));
    std::string_view rest = buffer_;
    while (lines_.size() < static_cast<std::size_t>(commands_)) {
        const auto taken = take_one(rest);
        if (!taken) return taken.error();
        if (*taken == 0) break;
        rest.remove_prefix(*taken);
    }
    const bool is_complete = lines_.size() == static_cast<std::size_t>(commands_);
    if (is_complete && !rest.empty()) return nonsense();
    buffer_.erase(0, buffer_.size() - rest.size());
    return is_complete;
}

Result<std::size_t> ClassicAnswer::take_one(std::string_view text) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) {
        if (text.size() > kLongestLine) return nonsense();
        return std::size_t{0};
    }
    const std::string_view line = text.substr(0, end);
    if (line.size() > kLongestLine) return nonsense();
    if (line.starts_with("VALUE ")) return take_value(line, text);
    if (line == "ERROR" || line.starts_with("CLIENT_ERROR") || line.starts_with("SERVER_ERROR"))
        return Error(Errc::StoreError, "%.100s said %s", name_.c_str(), Quoted(line).c_str());
    lines_.emplace_back(line);
    return end + 2;
}

Result<std::size_t> ClassicAnswer::take_value(std::string_view line, std::string_view text) {
    const auto words = words_of(line);
    const auto flags = parse_number(words[2], 0, 0xFFFFFFFFu);
    const auto size = parse_number(words[3], 0, 0xFFFFFFFFu);
    if (!flags || !size || values_.size() == kMostValues) return nonsense();
    if (*size > max_value_)
        return Error(Errc::TooLarge, "%.120s has a session of %u bytes", name_.c_str(), *size);
    const std::size_t begin = line.size() + 2;
    const std::size_t whole = begin + *size + 2;
    if (text.size() < whole) return std::size_t{0};
    if (text.substr(begin + *size, 2) != "\r\n") return nonsense();
    const ByteView data = as_bytes(text.substr(begin, *size));
    values_.push_back({std::string(words[1]), *flags, Bytes(data.begin(), data.end())});
    return whole;
}

}  // namespace sessmirror::migration
