// SPDX-License-Identifier: BSD-3-Clause
#include "directives.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sessmirror::shim {
namespace {

using service::Options;

constexpr int kQuoted = 64;  // how much of an offending text a message shows

Error refuse(const char* name, std::string_view text, const char* wanted) noexcept {
    return Error(Errc::BadConfig, "%s = \"%.*s%s\" %s", name,
                 static_cast<int>(std::min<std::size_t>(text.size(), kQuoted)), text.data(),
                 text.size() > kQuoted ? "..." : "", wanted);
}

struct Range {
    std::uint64_t min;
    std::uint64_t max;
    const char* wanted;  // the rest of the sentence that starts with the directive
};

Result<std::uint64_t> parse_number(const char* name, std::string_view text, const Range& range) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, value);
    if (failure != std::errc() || stopped != end || value < range.min || value > range.max)
        return refuse(name, text, range.wanted);
    return value;
}

// "16777216", "16384K", "16M": php.ini's notation for sizes.
Result<std::uint64_t> parse_size(const char* name, std::string_view text, const Range& range) {
    std::string_view digits = text;
    std::uint64_t unit = 1;
    if (!digits.empty()) {
        const char suffix = digits.back();
        if (suffix == 'K' || suffix == 'k') unit = 1u << 10;
        if (suffix == 'M' || suffix == 'm') unit = 1u << 20;
        if (unit != 1) digits.remove_suffix(1);
    }
    auto count = parse_number(name, digits, {0, range.max / unit, range.wanted});
    if (!count || *count * unit < range.min) return refuse(name, text, range.wanted);
    return *count * unit;
}

constexpr Range kLease{1, 86400, "is not a number of seconds from 1 to 86400"};
constexpr Range kWait{0, 600000, "is not a number of milliseconds from 0 (do not wait) to 600000"};
constexpr Range kTimeout{1, 60000, "is not a number of milliseconds from 1 to 60000"};
constexpr Range kDeadline{1, 600000, "is not a number of milliseconds from 1 to 600000"};
constexpr Range kSize{1024, 1u << 30, "is not a size in bytes from 1K to 1024M"};

template <Duration Options::*kMember>
Status apply_ms(const char* name, std::string_view text, const Range& range, Settings& out) {
    auto number = parse_number(name, text, range);
    if (!number) return number.error();
    out.options.*kMember = milliseconds(static_cast<std::int64_t>(*number));
    return kOk;
}

// For the values that the core reads itself; its message is completed by the directive's name.
template <class T>
Status take(const char* name, Result<T> parsed, T& member) {
    if (!parsed) return Error(Errc::BadConfig, "%s: %s", name, parsed.error().detail);
    member = *parsed;
    return kOk;
}

Status apply_stores(std::string_view text, Settings& out) {
    out.stores = text;
    return kOk;
}

Status apply_local(std::string_view text, Settings& out) {
    out.options.local = text.empty() ? "none" : text;  // php.ini reads a bare none as ""
    return kOk;
}

Status apply_redundancy(std::string_view text, Settings& out) {
    return take("sessmirror.redundancy", service::parse_redundancy(text), out.options.redundancy);
}

Status apply_ack(std::string_view text, Settings& out) {
    return take("sessmirror.ack", service::parse_ack(text), out.options.ack);
}

Status apply_locking(std::string_view text, Settings& out) {
    // php.ini's own reading turns a bare on into "1" and a bare off into "".
    if (text == "1") text = "on";
    if (text.empty() || text == "0") text = "off";
    return take("sessmirror.locking", service::parse_locking(text), out.options.locking);
}

Status apply_on_conflict(std::string_view text, Settings& out) {
    return take("sessmirror.on_conflict", service::parse_on_conflict(text),
                out.options.on_conflict);
}

Status apply_lock_lease(std::string_view text, Settings& out) {
    auto number = parse_number("sessmirror.lock_lease_s", text, kLease);
    if (!number) return number.error();
    out.options.lock_lease_s = static_cast<std::uint32_t>(*number);
    return kOk;
}

Status apply_lock_wait(std::string_view text, Settings& out) {
    return apply_ms<&Options::lock_wait>("sessmirror.lock_wait_ms", text, kWait, out);
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

Status apply_max_session_bytes(std::string_view text, Settings& out) {
    auto size = parse_size("sessmirror.max_session_bytes", text, kSize);
    if (!size) return size.error();
    out.options.max_session_bytes = *size;
    return kOk;
}

Status apply_secret(std::string_view text, Settings& out) {
    out.options.secret = text;
    return kOk;
}

Status apply_key_prefix(std::string_view text, Settings& out) {
    out.options.key_prefix = text;
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
    const auto word = std::find_if(kWords.begin(), kWords.end(),
                                   [&](const auto& entry) { return entry.first == text; });
    if (word == kWords.end())
        return refuse("sessmirror.log_level", text, "is not one of off, warning, notice, info");
    out.log_level = word->second;
    return kOk;
}

constexpr std::array<Directive, kDirectives> kTable{{
    {"sessmirror.stores", "", Scope::Script, false, apply_stores},
    {"sessmirror.local", "auto", Scope::Site, false, apply_local},
    {"sessmirror.redundancy", "3", Scope::Script, false, apply_redundancy},
    {"sessmirror.ack", "all", Scope::Script, false, apply_ack},
    {"sessmirror.locking", "on", Scope::Script, false, apply_locking},
    {"sessmirror.on_conflict", "mine", Scope::Script, false, apply_on_conflict},
    {"sessmirror.lock_lease_s", "30", Scope::Script, false, apply_lock_lease},
    {"sessmirror.lock_wait_ms", "10000", Scope::Script, false, apply_lock_wait},
    {"sessmirror.connect_timeout_ms", "100", Scope::Script, false, apply_connect_timeout},
    {"sessmirror.io_timeout_ms", "200", Scope::Script, false, apply_io_timeout},
    {"sessmirror.deadline_ms", "1000", Scope::Script, false, apply_deadline},
    {"sessmirror.max_session_bytes", "16777216", Scope::Site, false, apply_max_session_bytes},
    {"sessmirror.secret", "", Scope::Site, true, apply_secret},
    {"sessmirror.key_prefix", "sm:", Scope::Site, false, apply_key_prefix},
    {"sessmirror.log_level", "notice", Scope::Site, false, apply_log_level},
}};

}  // namespace

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
