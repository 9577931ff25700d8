// SPDX-License-Identifier: BSD-3-Clause
#include "directives.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "service/ini_words.h"

namespace sessmirror::shim {
namespace {

using service::Options;

Error refuse(const char* name, std::string_view text, const char* wanted) noexcept {
    return Error(Errc::BadConfig, "%s = %s: must be %s", name, Quoted(text).c_str(), wanted);
}

Error refuse_word(const char* name, std::string_view text, const char* wanted) noexcept {
    return Error(Errc::BadConfig, "%s = %s%s: must be %s", name, Quoted(text).c_str(),
                 service::as_written(text), wanted);
}

struct Range {
    std::uint32_t min;
    std::uint32_t max;
    const char* wanted;  // completes "must be"
};

Result<std::uint32_t> read_number(const char* name, std::string_view text, const Range& range) {
    const auto number = parse_number(text, range.min, range.max);
    if (!number) return refuse(name, text, range.wanted);
    return *number;
}

// "16777216", "16384K", "16M": php.ini's notation for sizes.
Result<std::uint64_t> read_size(const char* name, std::string_view text, const Range& range) {
    const char suffix = text.empty() ? '\0' : text.back();
    const bool is_kilo = suffix == 'K' || suffix == 'k';
    const bool is_mega = suffix == 'M' || suffix == 'm';
    const std::uint32_t unit = is_kilo ? 1u << 10 : is_mega ? 1u << 20 : 1;
    const std::string_view digits = text.substr(0, text.size() - (unit == 1 ? 0 : 1));
    const auto count = parse_number(digits, 0, range.max / unit);
    if (!count || *count * unit < range.min) return refuse(name, text, range.wanted);
    return *count * unit;
}

constexpr Range kLease{1, 86400, "a number of seconds from 1 to 86400"};
constexpr Range kFirstLifetime{0, 86400, "a number of seconds from 0 (as all sessions) to 86400"};
constexpr Range kWait{0, 600000, "a number of milliseconds from 0 (do not wait) to 600000"};
constexpr Range kWaiters{0, 1000, "a number from 0 (no bound) to 1000"};
constexpr Range kTimeout{1, 60000, "a number of milliseconds from 1 to 60000"};
constexpr Range kDeadline{1, 600000, "a number of milliseconds from 1 to 600000"};
constexpr Range kPolling{0, 4000, "a number of microseconds from 0 (sleep at once) to 4000"};
constexpr Range kThreshold{0, 1u << 30, "a size in bytes from 0 (every session) to 1024M"};
constexpr Range kSize{1024, 1u << 30, "a size in bytes from 1K to 1024M"};

template <Duration Options::*kMember>
Status apply_ms(const char* name, std::string_view text, const Range& range, Settings& out) {
    auto number = read_number(name, text, range);
    if (!number) return number.error();
    out.options.*kMember = milliseconds(*number);
    return kOk;
}

// For the values that the core reads itself.
template <class T>
Status take(const Result<T>& parsed, T& member) {
    if (!parsed) return parsed.error();
    member = *parsed;
    return kOk;
}

Status apply_stores(std::string_view text, Settings& out) {
    out.stores = text;
    return kOk;
}

Status apply_local(std::string_view text, Settings& out) {
    out.options.local = text;
    return kOk;
}

Status apply_redundancy(std::string_view text, Settings& out) {
    return take(service::parse_redundancy(text), out.options.redundancy);
}

Status apply_ack(std::string_view text, Settings& out) {
    return take(service::parse_ack(text), out.options.ack);
}

Status apply_locking(std::string_view text, Settings& out) {
    return take(service::parse_locking(text), out.options.locking);
}

Status apply_on_conflict(std::string_view text, Settings& out) {
    return take(service::parse_on_conflict(text), out.options.on_conflict);
}

Status apply_freshness(std::string_view text, Settings& out) {
    return take(service::parse_freshness(text), out.options.freshness);
}

Status apply_stale(std::string_view text, Settings& out) {
    return take(service::parse_on_stale(text), out.options.on_stale);
}

Status apply_hedge(std::string_view text, Settings& out) {
    return take(service::parse_hedge(text), out.options.hedge);
}

Status apply_commit(std::string_view text, Settings& out) {
    const bool at_headers = equals_ignoring_case(text, "headers");
    if (!at_headers && !equals_ignoring_case(text, "close"))
        return refuse_word("sessmirror.commit", text, "headers or close");
    out.commit = at_headers ? Commit::Headers : Commit::Close;
    return kOk;
}

// PHP turns other characters of a cookie's name into underscores, or ends the name there.
Status apply_token_cookie(std::string_view text, Settings& out) {
    const bool is_usable = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
    if (!is_usable || text.size() > 64)
        return refuse("sessmirror.token_cookie", text,
                      "at most 64 letters, digits, dashes and underscores");
    out.token_cookie = text;
    return kOk;
}

Status apply_merge_protect(std::string_view text, Settings& out) {
    out.options.merge_protect = service::parse_keys(text);
    return kOk;
}

Status apply_lock_lease(std::string_view text, Settings& out) {
    auto number = read_number("sessmirror.lock_lease_s", text, kLease);
    if (!number) return number.error();
    out.options.lock_lease_s = *number;
    return kOk;
}

Status apply_first_lifetime(std::string_view text, Settings& out) {
    return take(read_number("sessmirror.first_lifetime_s", text, kFirstLifetime),
                out.first_lifetime_s);
}

Status apply_lock_wait(std::string_view text, Settings& out) {
    return apply_ms<&Options::lock_wait>("sessmirror.lock_wait_ms", text, kWait, out);
}

Status apply_lock_max_waiters(std::string_view text, Settings& out) {
    auto number = read_number("sessmirror.lock_max_waiters", text, kWaiters);
    if (!number) return number.error();
    out.options.lock_max_waiters = static_cast<int>(*number);
    return kOk;
}

Status apply_connect_timeout(std::string_view text, Settings& out) {
    return apply_ms<&Options::connect_timeout>("sessmirror.connect_timeout_ms", text, kTimeout,
                                               out);
}

Status apply_io_timeout(std::string_view text, Settings& out) {
    return apply_ms<&Options::io_timeout>("sessmirror.io_timeout_ms", text, kTimeout, out);
}

Status apply_deadline(std::string_view text, Settings& out) {
    return apply_ms<&Options::deadline>("sessmirror.deadline_ms", text, kDeadline, out);
}

Status apply_poll(std::string_view text, Settings& out) {
    auto number = read_number("sessmirror.poll_us", text, kPolling);
    if (!number) return number.error();
    out.options.polling = std::chrono::microseconds(*number);
    return kOk;
}

Status apply_compression(std::string_view text, Settings& out) {
    return take(service::parse_compression(text), out.options.compression);
}

Status apply_write_format(std::string_view text, Settings& out) {
    return take(service::parse_write_format(text), out.options.write_format);
}

Status apply_compress_threshold(std::string_view text, Settings& out) {
    auto size = read_size("sessmirror.compress_threshold_bytes", text, kThreshold);
    if (!size) return size.error();
    out.options.compress_threshold_bytes = *size;
    return kOk;
}

Status apply_max_session_bytes(std::string_view text, Settings& out) {
    auto size = read_size("sessmirror.max_session_bytes", text, kSize);
    if (!size) return size.error();
    out.options.max_session_bytes = *size;
    return kOk;
}

Status apply_secret(std::string_view text, Settings& out) {
    out.options.secret = text;
    return kOk;
}

Status apply_stores_file(std::string_view text, Settings& out) {
    out.stores_file = text;
    return kOk;
}

Status apply_secret_file(std::string_view text, Settings& out) {
    out.secret_file = text;
    return kOk;
}

Status apply_key_prefix(std::string_view text, Settings& out) {
    out.options.key_prefix = text;
    return kOk;
}

Status apply_import(std::string_view text, Settings& out) {
    out.options.import_from = text;
    return kOk;
}

Status apply_export(std::string_view text, Settings& out) {
    out.options.export_to = text;
    return kOk;
}

Status apply_log_level(std::string_view text, Settings& out) {
    constexpr std::array<std::pair<std::string_view, LogLevel>, 6> kWords{{
        {"off", LogLevel::Off},
        {"", LogLevel::Off},  // php.ini's own reading of a bare off
        {"0", LogLevel::Off},
        {"warning", LogLevel::Warning},
        {"notice", LogLevel::Notice},
        {"info", LogLevel::Info},
    }};
    const auto word = std::find_if(kWords.begin(), kWords.end(), [&](const auto& entry) {
        return equals_ignoring_case(entry.first, text);
    });
    if (word == kWords.end())
        return refuse_word("sessmirror.log_level", text, "off, warning, notice or info");
    out.log_level = word->second;
    return kOk;
}

Status apply_segment_with(std::string_view text, Settings& out) {
    return take(parse_segment_with(text), out.segment_with);
}

constexpr std::array<Directive, kDirectives> kTable{{
    {"sessmirror.stores", "", Scope::Site, Display::Stores, apply_stores},
    {"sessmirror.stores_file", "", Scope::Server, Display::Text, apply_stores_file},
    {"sessmirror.local", "auto", Scope::Site, Display::Stores, apply_local},
    {"sessmirror.redundancy", "3", Scope::Script, Display::Text, apply_redundancy},
    {"sessmirror.ack", "all", Scope::Script, Display::Text, apply_ack},
    {"sessmirror.locking", "on", Scope::Script, Display::Text, apply_locking},
    {"sessmirror.freshness", "token", Scope::Script, Display::Text, apply_freshness},
    {"sessmirror.stale", "serve", Scope::Script, Display::Text, apply_stale},
    {"sessmirror.hedge", "on", Scope::Script, Display::Text, apply_hedge},
    {"sessmirror.commit", "headers", Scope::Script, Display::Text, apply_commit},
    {"sessmirror.token_cookie", "", Scope::Script, Display::Text, apply_token_cookie},
    {"sessmirror.on_conflict", "merge", Scope::Script, Display::Text, apply_on_conflict},
    {"sessmirror.merge_protect", "", Scope::Script, Display::Text, apply_merge_protect},
    {"sessmirror.first_lifetime_s", "0", Scope::Script, Display::Text, apply_first_lifetime},
    {"sessmirror.lock_lease_s", "30", Scope::Script, Display::Text, apply_lock_lease},
    {"sessmirror.lock_wait_ms", "10000", Scope::Script, Display::Text, apply_lock_wait},
    {"sessmirror.lock_max_waiters", "0", Scope::Script, Display::Text, apply_lock_max_waiters},
    {"sessmirror.connect_timeout_ms", "100", Scope::Script, Display::Text, apply_connect_timeout},
    {"sessmirror.io_timeout_ms", "200", Scope::Script, Display::Text, apply_io_timeout},
    {"sessmirror.deadline_ms", "1000", Scope::Script, Display::Text, apply_deadline},
    {"sessmirror.poll_us", "0", Scope::Script, Display::Text, apply_poll},
    {"sessmirror.compression", "none", Scope::Script, Display::Text, apply_compression},
    {"sessmirror.compress_threshold_bytes", "4096", Scope::Script, Display::Text,
     apply_compress_threshold},
    {"sessmirror.write_format", "2", Scope::Site, Display::Text, apply_write_format},
    {"sessmirror.max_session_bytes", "16M", Scope::Site, Display::Text, apply_max_session_bytes},
    {"sessmirror.secret", "", Scope::Site, Display::WhetherSet, apply_secret},
    {"sessmirror.secret_file", "", Scope::Server, Display::Text, apply_secret_file},
    {"sessmirror.key_prefix", "sm:", Scope::Site, Display::Text, apply_key_prefix},
    {"sessmirror.import", "", Scope::Site, Display::Stores, apply_import},
    {"sessmirror.export", "", Scope::Site, Display::Stores, apply_export},
    {"sessmirror.segment_with", "php", Scope::Script, Display::Text, apply_segment_with},
    {"sessmirror.log_level", "notice", Scope::Site, Display::Text, apply_log_level},
}};

}  // namespace

Result<record::SegmentCodec> parse_segment_with(std::string_view text) noexcept {
    using record::SegmentCodec;
    if (equals_ignoring_case(text, "php")) return SegmentCodec::Php;
    if (equals_ignoring_case(text, "igbinary")) return SegmentCodec::Igbinary;
    if (equals_ignoring_case(text, "msgpack")) return SegmentCodec::Msgpack;
    return refuse_word("sessmirror.segment_with", text, "php, igbinary or msgpack");
}

std::span<const Directive, kDirectives> directives() noexcept {
    return kTable;
}

Status apply_all(std::span<const std::string_view, kDirectives> texts, Settings& out) {
    for (std::size_t i = 0; i < kTable.size(); ++i) {
        Status applied = kTable[i].apply(texts[i], out);
        if (!applied) return applied;
    }
    return kOk;
}

}  // namespace sessmirror::shim
