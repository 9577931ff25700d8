// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sessmirror::record {

// A place in serialized text that names another value by its slot: PHP numbers all values of one
// serialization, so such a place is only right where it stands.
struct BackReference {
    std::size_t at = 0;      // of the text to replace, in the scanned text
    std::size_t length = 0;  // of that text
    std::uint32_t slot = 0;  // what it names; 0: an enum case, whose own text is `enum_case`
    std::string_view enum_case;
};

// Walks over values in PHP's serialize() format without making them. PHP counts slots like this:
// every value takes one, also "r:" (the same object again), but "R:" (the same variable again) does
// not, and keys do not. An enum case that comes again is written as "r:"; since it is the same
// object everywhere, such a place can be replaced by the case itself, which takes one slot as well.
//
// Accepts any bytes. Memory is bounded by the length of the text, depth by kMaxDepth; there is no
// recursion.
class ValueScanner {
  public:
    static constexpr std::size_t kMaxDepth = 4096;  // as PHP's unserialize_max_depth

    // `text` outlives the scanner. `next_slot` is the number that PHP gives to the first value.
    ValueScanner(std::string_view text, std::uint32_t next_slot) noexcept
        : text_(text), next_slot_(next_slot) {}

    // Each passes what it names and says whether it was there; after a false the scanner is
    // useless.
    //
    // One value. False also for what cannot be moved on its own: a reference to a slot before
    // `first_slot`, a value whose class has its own format ("C:").
    bool skip_value(std::uint32_t first_slot);
    // The key of an array or object, and the text that it stands for.
    std::optional<std::string_view> skip_key() noexcept;
    bool skip_text(std::string_view expected) noexcept;
    // "12", as it stands before `end`; the number is at most `max`.
    std::optional<std::uint64_t> skip_count(char end, std::uint64_t max) noexcept;
    // Everything up to `end`, and `end`.
    std::optional<std::string_view> skip_to(char end) noexcept;
    std::optional<std::string_view> skip_bytes(std::size_t length) noexcept;

    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    [[nodiscard]] std::uint32_t next_slot() const noexcept { return next_slot_; }
    // All references so far, in the order of their places.
    [[nodiscard]] const std::vector<BackReference>& references() const noexcept {
        return references_;
    }

  private:
    struct EnumCase {
        std::uint32_t slot;
        std::string_view text;
    };

    bool skip_one(std::uint32_t first_slot);
    bool skip_scalar(char type) noexcept;
    bool skip_reference(char type, std::uint32_t first_slot);
    bool skip_enum_case();
    bool open_container(bool is_object);
    std::optional<std::string_view> skip_quoted() noexcept;

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t next_slot_;
    std::vector<std::uint64_t> open_;  // elements still to come, of each container around here
    std::vector<EnumCase> enum_cases_;
    std::vector<BackReference> references_;
};

}  // namespace sessmirror::record
