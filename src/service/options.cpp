// SPDX-License-Identifier: BSD-3-Clause
#include "service/options.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "pool/store_list.h"
#include "record/compressor.h"
#include "service/ini_words.h"

namespace sessmirror::service {
namespace {

// php.ini turns an unquoted on, yes or true into "1", and off, no, false or none into "".
constexpr std::array<std::string_view, 4> kOnWords = {"on", "1", "yes", "true"};
constexpr std::array<std::string_view, 5> kOffWords = {"off", "", "0", "no", "false"};

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) noexcept {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return equals_ignoring_case(text, word); });
}

Error refuse(const char* directive, std::string_view text, const char* accepted) noexcept {
    return Error(Errc::BadConfig, "sessmirror.%s = %s%s: must be %s", directive,
                 Quoted(text).c_str(), as_written(text), accepted);
}

}  // namespace

Result<int> parse_redundancy(std::string_view text) noexcept {
    if (equals_ignoring_case(text, "all")) return Options::kAllStores;
    const auto copies = parse_number(text, 1, pool::kMaxStores);
    if (!copies) return refuse("redundancy", text, "a number of copies from 1 to 64, or all");
    return static_cast<int>(*copies);
}

Result<Ack> parse_ack(std::string_view text) noexcept {
    if (equals_ignoring_case(text, "all")) return Ack::All;
    if (equals_ignoring_case(text, "majority")) return Ack::Majority;
    if (equals_ignoring_case(text, "one")) return Ack::One;
    return refuse("ack", text, "all, majority or one");
}

Result<Locking> parse_locking(std::string_view text) noexcept {
    if (is_one_of(text, kOnWords)) return Locking::On;
    if (is_one_of(text, kOffWords)) return Locking::Off;
    if (equals_ignoring_case(text, "optimistic")) return Locking::Optimistic;
    return refuse("locking", text, "on, optimistic or off");
}

Result<OnConflict> parse_on_conflict(std::string_view text) noexcept {
    if (equals_ignoring_case(text, "merge")) return OnConflict::Merge;
    if (equals_ignoring_case(text, "mine")) return OnConflict::Mine;
    if (equals_ignoring_case(text, "fail")) return OnConflict::Fail;
    return refuse("on_conflict", text, "merge, mine or fail");
}

// redis://:password@host, ?auth=password, and either with letters written as %XX.
bool may_hold_password(std::string_view stores) noexcept {
    constexpr std::string_view kAuth = "auth";
    if (stores.find_first_of("@%") != std::string_view::npos) return true;
    const auto found =
        std::search(stores.begin(), stores.end(), kAuth.begin(), kAuth.end(), [](char a, char b) {
            return equals_ignoring_case({&a, 1}, {&b, 1});
        });
    return found != stores.end();
}

std::vector<std::string> parse_keys(std::string_view text) {
    constexpr std::string_view kSeparators = ", \t\r\n";
    std::vector<std::string> keys;
    std::size_t begin = 0;
    while ((begin = text.find_first_not_of(kSeparators, begin)) != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(kSeparators, begin), text.size());
        keys.emplace_back(text.substr(begin, end - begin));
        begin = end;
    }
    return keys;
}

Result<Freshness> parse_freshness(std::string_view text) noexcept {
    if (equals_ignoring_case(text, "token")) return Freshness::Token;
    if (equals_ignoring_case(text, "probe")) return Freshness::Probe;
    if (equals_ignoring_case(text, "majority")) return Freshness::Majority;
    if (equals_ignoring_case(text, "local")) return Freshness::Local;
    return refuse("freshness", text, "token, probe, majority or local");
}

Result<OnStale> parse_on_stale(std::string_view text) noexcept {
    if (equals_ignoring_case(text, "serve")) return OnStale::Serve;
    if (equals_ignoring_case(text, "readonly")) return OnStale::ReadOnly;
    if (equals_ignoring_case(text, "fail")) return OnStale::Fail;
    if (equals_ignoring_case(text, "renew")) return OnStale::Renew;
    return refuse("stale", text, "serve, renew, readonly or fail");
}

Result<record::Format> parse_write_format(std::string_view text) noexcept {
    if (text == "1") return record::Format::First;
    if (text == "2") return record::Format::Second;
    return refuse("write_format", text, "1 or 2");
}

Result<bool> parse_hedge(std::string_view text) noexcept {
    if (is_one_of(text, kOnWords)) return true;
    if (is_one_of(text, kOffWords)) return false;
    return refuse("hedge", text, "on or off");
}

Result<Compression> parse_compression(std::string_view text) noexcept {
    const bool is_none = text.empty() || equals_ignoring_case(text, "none");  // php.ini's: ""
    if (is_none) return Compression::None;
    if (!equals_ignoring_case(text, "zstd")) return refuse("compression", text, "none or zstd");
    if (record::Compressor::is_available()) return Compression::Zstd;
    return Error(Errc::BadConfig,
                 "sessmirror.compression = %s: sessmirror was built without libzstd (Debian and "
                 "Ubuntu: apt-get install libzstd-dev, then build again)",
                 Quoted(text).c_str());
}

}  // namespace sessmirror::service
