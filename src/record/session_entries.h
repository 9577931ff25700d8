// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "record/serialized_value.h"

namespace sessmirror::record {

// The form that a session's payload has: which session.serialize_handler made it.
enum class Serialization : std::uint8_t {
    Opaque,        // igbinary, msgpack, and whatever else only its maker can read
    Php,           // key|value key|value
    PhpSerialize,  // serialize($_SESSION)
    PhpBinary,     // length key value, length key value
    Segmented,     // sessmirror_segmented: docs/format.md
};

// From PHP's name of the handler, "php_binary". Names that are not known are Opaque.
Serialization parse_serialization(std::string_view handler) noexcept;

// One top-level key of a session with its value, as they are stored.
struct Entry {
    std::string_view name;         // of the key, as the script knows it; a number as decimal digits
    std::string_view head;         // the key with everything that surrounds it
    std::string_view value;        // the bytes of the value
    std::uint32_t first_slot = 0;  // PHP's number of the value; see ValueScanner
    std::uint32_t slots = 0;
    std::span<const BackReference> references;  // inside `value`
};

// A session's payload taken apart into its top-level keys, without unserializing any value. Every
// entry can be moved, copied or dropped on its own; what would not survive that is refused:
// variables or objects that two keys share, values in a format of their own ("C:"), damaged or
// foreign text, a key that comes twice. Accepts any bytes.
class SessionEntries {
  public:
    // nullopt when the payload cannot be taken apart. Points into `payload`, which outlives it.
    static std::optional<SessionEntries> split(Serialization form, std::string_view payload);

    [[nodiscard]] const std::vector<Entry>& all() const noexcept { return entries_; }
    // nullptr when there is no such key.
    [[nodiscard]] const Entry* find(std::string_view name) const noexcept;

    SessionEntries(SessionEntries&&) = default;
    SessionEntries& operator=(SessionEntries&&) = default;

  private:
    explicit SessionEntries(std::string_view payload) noexcept : payload_(payload) {}

    bool split_php();
    bool split_php_serialize();
    bool split_php_binary();
    bool split_segmented();
    bool take_value(ValueScanner& scanner, std::string_view name, std::size_t head_at);
    bool take_references(const ValueScanner& scanner);
    bool index();

    std::string_view payload_;
    std::vector<Entry> entries_;
    std::vector<BackReference> references_;  // entries point into it
    std::unordered_map<std::string_view, std::size_t> by_name_;
};

// Whether two entries, maybe of different payloads, hold the same: equal bytes, but for the places
// where PHP's numbers differ because the value stands elsewhere.
bool same_value(const Entry& a, const Entry& b);

// Puts entries together to a payload, and the numbers of their slots right.
class SessionWriter {
  public:
    explicit SessionWriter(Serialization form) noexcept;

    void add(const Entry& entry);
    // The payload. The writer is empty afterwards.
    [[nodiscard]] std::string finish();

  private:
    Serialization form_;
    std::string body_;
    std::uint32_t next_slot_;
    std::size_t count_ = 0;
};

}  // namespace sessmirror::record
