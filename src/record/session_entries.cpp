// SPDX-License-Identifier: BSD-3-Clause
#include "record/session_entries.h"

#include <array>
#include <utility>

#include "record/segments.h"

namespace sessmirror::record {
namespace {

// php_serialize counts the array that holds everything as well.
constexpr std::uint32_t first_slot_of(Serialization form) noexcept {
    return form == Serialization::PhpSerialize ? 2 : 1;
}

void append_at_slot(std::string& out, const Entry& entry, std::uint32_t first_slot) {
    std::size_t done = 0;
    for (const BackReference& reference : entry.references) {
        out.append(entry.value.substr(done, reference.at - done));
        if (reference.slot == 0)
            out.append(reference.enum_case);
        else
            out.append(std::to_string(reference.slot - entry.first_slot + first_slot));
        done = reference.at + reference.length;
    }
    out.append(entry.value.substr(done));
}

}  // namespace

Serialization parse_serialization(std::string_view handler) noexcept {
    using Name = std::pair<std::string_view, Serialization>;
    constexpr std::array<Name, 4> kNames{{
        {"php", Serialization::Php},
        {"php_serialize", Serialization::PhpSerialize},
        {"php_binary", Serialization::PhpBinary},
        {"sessmirror_segmented", Serialization::Segmented},
    }};
    for (const auto& [name, form] : kNames)
        if (handler == name) return form;
    return Serialization::Opaque;
}

std::optional<SessionEntries> SessionEntries::split(Serialization form, std::string_view payload) {
    SessionEntries entries(payload);
    const auto is_split = [&] {
        switch (form) {
            case Serialization::Php:
                return entries.split_php();
            case Serialization::PhpSerialize:
                return payload.empty() || entries.split_php_serialize();
            case Serialization::PhpBinary:
                return entries.split_php_binary();
            case Serialization::Segmented:
                return payload.empty() || entries.split_segmented();
            case Serialization::Opaque:
                break;
        }
        return false;
    };
    if (!is_split() || !entries.index()) return std::nullopt;
    return entries;
}

bool SessionEntries::split_php() {
    ValueScanner scanner(payload_, first_slot_of(Serialization::Php));
    while (!scanner.at_end()) {
        const std::size_t head_at = scanner.position();
        const auto name = scanner.skip_to('|');
        if (!name || !take_value(scanner, *name, head_at)) return false;
    }
    return take_references(scanner);
}

bool SessionEntries::split_php_serialize() {
    ValueScanner scanner(payload_, first_slot_of(Serialization::PhpSerialize));
    if (!scanner.skip_text("a:")) return false;
    const auto count = scanner.skip_count(':', payload_.size());
    if (!count || !scanner.skip_text("{")) return false;
    for (std::uint64_t i = 0; i < *count; ++i) {
        const std::size_t head_at = scanner.position();
        const auto name = scanner.skip_key();
        if (!name || !take_value(scanner, *name, head_at)) return false;
    }
    return scanner.skip_text("}") && scanner.at_end() && take_references(scanner);
}

bool SessionEntries::split_php_binary() {
    constexpr unsigned kLongestKey = 127;
    ValueScanner scanner(payload_, first_slot_of(Serialization::PhpBinary));
    while (!scanner.at_end()) {
        const std::size_t head_at = scanner.position();
        const unsigned length = static_cast<unsigned char>(scanner.skip_bytes(1)->front());
        if (length > kLongestKey) return false;
        const auto name = scanner.skip_bytes(length);
        if (!name || !take_value(scanner, *name, head_at)) return false;
    }
    return take_references(scanner);
}

bool SessionEntries::split_segmented() {
    SegmentReader reader(payload_);
    for (Segment segment; reader.next(segment);)
        entries_.push_back({segment.key, segment.head, segment.value, 0, 0, {}});
    return reader.is_sound();
}

bool SessionEntries::take_value(ValueScanner& scanner, std::string_view name, std::size_t head_at) {
    const std::size_t at = scanner.position();
    const std::uint32_t first_slot = scanner.next_slot();
    if (!scanner.skip_value(first_slot)) return false;
    entries_.push_back({name,
                        payload_.substr(head_at, at - head_at),
                        payload_.substr(at, scanner.position() - at),
                        first_slot,
                        scanner.next_slot() - first_slot,
                        {}});
    return true;
}

// Hands every entry its references, which the scanner found in the same order.
bool SessionEntries::take_references(const ValueScanner& scanner) {
    references_ = scanner.references();
    std::size_t next = 0;
    for (Entry& entry : entries_) {
        const auto value_at = static_cast<std::size_t>(entry.value.data() - payload_.data());
        const std::size_t first = next;
        for (; next < references_.size() && references_[next].at < value_at + entry.value.size();
             ++next)
            references_[next].at -= value_at;
        entry.references = std::span(references_).subspan(first, next - first);
    }
    return true;
}

bool SessionEntries::index() {
    by_name_.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (!by_name_.emplace(entries_[i].name, i).second) return false;
    return true;
}

const Entry* SessionEntries::find(std::string_view name) const noexcept {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &entries_[found->second];
}

bool same_value(const Entry& a, const Entry& b) {
    if (a.references.empty() && b.references.empty()) return a.value == b.value;
    std::string left;
    std::string right;
    append_at_slot(left, a, 1);
    append_at_slot(right, b, 1);
    return left == right;
}

SessionWriter::SessionWriter(Serialization form) noexcept
    : form_(form), next_slot_(first_slot_of(form)) {}

void SessionWriter::add(const Entry& entry) {
    body_.append(entry.head);
    append_at_slot(body_, entry, next_slot_);
    next_slot_ += entry.slots;
    ++count_;
}

std::string SessionWriter::finish() {
    std::string out;
    switch (form_) {
        case Serialization::PhpSerialize:
            out = "a:" + std::to_string(std::exchange(count_, 0)) + ":{" + body_ + "}";
            break;
        case Serialization::Segmented:
            out = std::string(kSegmentsMagic) + body_;
            break;
        case Serialization::Php:
        case Serialization::PhpBinary:
        case Serialization::Opaque:
            out = std::move(body_);
            break;
    }
    body_.clear();
    next_slot_ = first_slot_of(form_);
    return out;
}

}  // namespace sessmirror::record
