// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "replica/policy.h"

namespace sessmirror::service {

using replica::Ack;
using replica::Freshness;
using replica::Locking;
using replica::OnConflict;
using replica::OnStale;

// What is done to what is stored. What others stored is read in any case.
enum class Compression : std::uint8_t { None, Zstd };

// The directives, parsed. docs/configuration.md explains each; defaults here are the directives'.
struct Options {
    static constexpr int kAllStores = replica::Policy::kAllStores;  // redundancy
    static constexpr int kDefaultRedundancy = 3;

    std::string local = "auto";
    int redundancy = kDefaultRedundancy;
    Ack ack = Ack::All;
    Locking locking = Locking::On;
    Freshness freshness = Freshness::Token;
    OnStale on_stale = OnStale::Serve;
    bool hedge = true;
    OnConflict on_conflict = OnConflict::Merge;
    std::vector<std::string> merge_protect;  // keys, see replica::Policy::protected_keys
    std::uint32_t lock_lease_s = 30;
    Duration lock_wait = milliseconds(10000);
    int lock_max_waiters = 0;  // 0: no bound
    Duration connect_timeout = milliseconds(100);
    Duration io_timeout = milliseconds(200);
    Duration deadline = milliseconds(1000);
    Duration polling{};
    Compression compression = Compression::None;
    record::Format write_format = record::Format::Second;
    std::uint64_t compress_threshold_bytes = 4096;
    std::uint64_t max_session_bytes = 16u << 20;
    std::string secret;
    std::string key_prefix = "sm:";
    // Where the embedded store keeps its files when no store is configured. No directive: the
    // system's directory for temporary files, which the caller knows.
    std::string embedded_directory;
    // Lists of old places; see migration/place_list.h.
    std::string import_from;
    std::string export_to;

    // Which reading of the settings this is. Two with the same number are equal; 0 says nothing.
    struct Reading {
        std::uint64_t number = 0;
        friend bool operator==(Reading, Reading) noexcept { return true; }  // is no setting
    } reading;

    friend bool operator==(const Options&, const Options&) = default;
    // Cheaper than == for those of one reading.
    [[nodiscard]] bool are_same_as(const Options& other) const {
        return (reading.number != 0 && reading.number == other.reading.number) || *this == other;
    }
};

// Each takes the directive's text and gives Errc::BadConfig with the text quoted when it is none of
// the accepted words or numbers.
Result<int> parse_redundancy(std::string_view text) noexcept;  // "3", "all"
Result<Ack> parse_ack(std::string_view text) noexcept;
Result<Locking> parse_locking(std::string_view text) noexcept;
Result<OnConflict> parse_on_conflict(std::string_view text) noexcept;
Result<Freshness> parse_freshness(std::string_view text) noexcept;
Result<OnStale> parse_on_stale(std::string_view text) noexcept;
Result<record::Format> parse_write_format(std::string_view text) noexcept;  // 1, 2
Result<bool> parse_hedge(std::string_view text) noexcept;                   // on, off
// "none", "zstd"; the latter is refused in a build without libzstd.
Result<Compression> parse_compression(std::string_view text) noexcept;
// Whether a list of stores, or an entry of one, is to be kept from whoever looks at the settings:
// it has a password, or something that may be one. Accepts any text.
bool may_hold_password(std::string_view stores) noexcept;
// "user, csrf_token": keys without blanks and commas. Accepts any text.
std::vector<std::string> parse_keys(std::string_view text);

}  // namespace sessmirror::service
