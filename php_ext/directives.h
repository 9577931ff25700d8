// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/journal.h"
#include "base/result.h"
#include "record/segments.h"
#include "service/options.h"

namespace sessmirror::shim {

// What reaches PHP's error log.
enum class LogLevel : std::uint8_t { Off, Warning, Notice, Info };

[[nodiscard]] constexpr bool is_logged(LogLevel level, Severity severity) noexcept {
    return static_cast<int>(severity) < static_cast<int>(level);
}

// When a changed session is stored.
enum class Commit : std::uint8_t {
    Headers,  // before the response's headers leave, and at close what changed since
    Close,    // at close only
};

// All directives, parsed.
struct Settings {
    service::Options options;
    std::string stores;       // empty: session.save_path is the list
    std::string stores_file;  // that holds `stores`; empty: none
    std::string secret_file;  // that holds the options' secret; empty: none
    Commit commit = Commit::Headers;
    std::string token_cookie;
    std::uint32_t first_lifetime_s = 0;  // 0: as session.gc_maxlifetime; see first_visit.h
    LogLevel log_level = LogLevel::Notice;
    record::SegmentCodec segment_with = record::SegmentCodec::Php;
};

// "php", "igbinary" or "msgpack".
Result<record::SegmentCodec> parse_segment_with(std::string_view text) noexcept;

// Who may change a directive.
enum class Scope : std::uint8_t {
    Server,  // php.ini, php_admin_value of a pool or virtual host
    Site,    // these, php_value, .htaccess and .user.ini
    Script,  // all of these, and ini_set()
};

// What PHP's functions show of a directive's value; see hidden_values.h.
enum class Display : std::uint8_t {
    Text,
    Stores,     // the text, unless it may hold a password
    WhetherSet  // whether it is empty
};

// One directive. This table is the only place that knows names, defaults, scopes and how text is
// read; php.ini's entries, phpinfo() and the validation are made from it. Nothing here calls PHP.
struct Directive {
    const char* name;           // "sessmirror.stores"
    const char* default_value;  // parses to the default of Settings
    Scope scope;
    Display display;
    // Sets one member of `out`, or gives Errc::BadConfig with directive and offending text quoted.
    Status (*apply)(std::string_view text, Settings& out);
};

inline constexpr int kDirectives = 32;
std::span<const Directive, kDirectives> directives() noexcept;

// Applies all of them, in the order of the table, and stops at the first that cannot be used.
Status apply_all(std::span<const std::string_view, kDirectives> texts, Settings& out);

}  // namespace sessmirror::shim
