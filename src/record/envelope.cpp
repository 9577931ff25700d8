// SPDX-License-Identifier: BSD-3-Clause
#include "record/envelope.h"

#include <algorithm>

#include "base/hash.h"

namespace sessmirror::record {
namespace {

// Byte offsets, as in docs/format.md. Up to the version both formats are alike.
constexpr std::size_t kMagicAt = 0;
constexpr std::size_t kFormatAt = 2;
constexpr std::size_t kFlagsAt = 3;
constexpr std::size_t kVersionAt = Envelope::kVersionAt;

namespace first {
constexpr std::size_t kParentAt = 12;
constexpr std::size_t kModifiedAt = 20;
constexpr std::size_t kOriginAt = 24;
constexpr std::size_t kCodecAt = 26;
constexpr std::size_t kLengthAt = 28;
constexpr std::size_t kChecksumAt = 32;
constexpr std::size_t kSize = 40;
}  // namespace first

namespace second {
constexpr std::size_t kChecksumAt = Envelope::kVersionEnd;
constexpr std::size_t kModifiedAt = 20;  // what is behind the checksum begins here
constexpr std::size_t kOriginAt = 24;
constexpr std::size_t kCodecAt = 26;
constexpr std::size_t kLengthAt = 28;
constexpr std::size_t kIncarnationAt = 32;
constexpr std::size_t kLifetimeAt = 40;
constexpr std::size_t kExtensionAt = 44;
constexpr std::size_t kAncestorsAt = 46;
constexpr std::size_t kRootsAt = 47;
static_assert(kRootsAt + 1 == Envelope::kFixed);
}  // namespace second

constexpr std::size_t kVersionSize = 8;

void put_version(std::byte* out, Version version) noexcept {
    put_be(out, version.generation);
    put_be(out + 4, version.nonce);
}

Version get_version(const std::byte* in) noexcept {
    return {get_be<std::uint32_t>(in), get_be<std::uint32_t>(in + 4)};
}

std::size_t encode_first(const Envelope& envelope, ByteView payload, std::byte* at) noexcept {
    put_version(at + first::kParentAt, envelope.parent());
    put_be(at + first::kModifiedAt, envelope.modified_unix);
    put_be(at + first::kOriginAt, envelope.origin);
    put_be(at + first::kCodecAt, static_cast<std::uint16_t>(envelope.codec));
    put_be(at + first::kLengthAt, static_cast<std::uint32_t>(payload.size()));
    put_be(at + first::kChecksumAt, checksum({ByteView(at, first::kChecksumAt), payload}));
    return first::kSize;
}

// Key, magic, format, flags and version; then all that stands behind the checksum.
std::uint64_t checksum_of(std::string_view key, const std::byte* at, ByteView rest,
                          ByteView payload) noexcept {
    return checksum({as_bytes(key), ByteView(at, second::kChecksumAt), rest, payload});
}

std::size_t encode_second(const Envelope& envelope, std::string_view key, ByteView payload,
                          std::byte* at) noexcept {
    const auto ancestors = envelope.ancestors.words();
    put_be(at + second::kModifiedAt, envelope.modified_unix);
    put_be(at + second::kOriginAt, envelope.origin);
    put_be(at + second::kCodecAt, static_cast<std::uint16_t>(envelope.codec));
    put_be(at + second::kLengthAt, static_cast<std::uint32_t>(payload.size()));
    put_version(at + second::kIncarnationAt, envelope.incarnation);
    put_be(at + second::kLifetimeAt, envelope.lifetime_s);
    put_be(at + second::kExtensionAt, static_cast<std::uint16_t>(ancestors.size() * kVersionSize));
    put_be(at + second::kAncestorsAt, static_cast<std::uint8_t>(ancestors.size()));
    put_be(at + second::kRootsAt, static_cast<std::uint8_t>(envelope.ancestors.roots()));
    std::byte* end = at + Envelope::kFixed;
    for (const std::uint64_t version : ancestors) {
        put_be(end, version);
        end += kVersionSize;
    }
    const ByteView rest(at + second::kModifiedAt, end);
    put_be(at + second::kChecksumAt, checksum_of(key, at, rest, payload));
    return static_cast<std::size_t>(end - at);
}

Error cut(std::size_t has, std::size_t needs) noexcept {
    return Error(Errc::Corrupt, "stored value is cut: %zu bytes of %zu", has, needs);
}

Error broken() noexcept {
    return Error(Errc::Corrupt,
                 "stored value fails its checksum: it is damaged, or another session's");
}

Result<Record> decode_first(ByteView stored) noexcept {
    if (stored.size() < first::kSize) return cut(stored.size(), first::kSize);
    const std::byte* at = stored.data();
    const ByteView payload = stored.subspan(first::kSize);
    const auto length = get_be<std::uint32_t>(at + first::kLengthAt);
    if (length != payload.size()) return cut(payload.size(), length);
    if (get_be<std::uint64_t>(at + first::kChecksumAt) !=
        checksum({stored.first(first::kChecksumAt), payload}))
        return broken();
    Record record;
    const Version parent = get_version(at + first::kParentAt);
    if (!parent.is_none()) record.envelope.ancestors.push(parent);
    record.envelope.modified_unix = get_be<std::uint32_t>(at + first::kModifiedAt);
    record.envelope.origin = get_be<std::uint16_t>(at + first::kOriginAt);
    record.envelope.codec = static_cast<Codec>(get_be<std::uint16_t>(at + first::kCodecAt));
    record.payload = payload;
    return record;
}

// What an extension holds behind the ancestors is for later releases.
Result<Record> decode_second(std::string_view key, ByteView stored) noexcept {
    if (stored.size() < Envelope::kFixed) return cut(stored.size(), Envelope::kFixed);
    const std::byte* at = stored.data();
    const std::size_t extension = get_be<std::uint16_t>(at + second::kExtensionAt);
    const std::size_t ancestors = get_be<std::uint8_t>(at + second::kAncestorsAt);
    const std::size_t head = Envelope::kFixed + extension;
    const auto length = get_be<std::uint32_t>(at + second::kLengthAt);
    if (stored.size() != head + length) return cut(stored.size(), head + length);
    const ByteView rest = stored.subspan(second::kModifiedAt);
    if (get_be<std::uint64_t>(at + second::kChecksumAt) != checksum_of(key, at, rest, {}))
        return broken();
    if (ancestors > Ancestry::kMost || ancestors * kVersionSize > extension)
        return Error(Errc::Corrupt, "stored value names %zu ancestors, and has no room for them",
                     ancestors);
    Record record;
    record.envelope.ancestors.read(at + Envelope::kFixed, ancestors);
    record.envelope.ancestors.set_roots(get_be<std::uint8_t>(at + second::kRootsAt));
    record.envelope.incarnation = get_version(at + second::kIncarnationAt);
    record.envelope.lifetime_s = get_be<std::uint32_t>(at + second::kLifetimeAt);
    record.envelope.modified_unix = get_be<std::uint32_t>(at + second::kModifiedAt);
    record.envelope.origin = get_be<std::uint16_t>(at + second::kOriginAt);
    record.envelope.codec = static_cast<Codec>(get_be<std::uint16_t>(at + second::kCodecAt));
    record.payload = stored.subspan(head);
    return record;
}

}  // namespace

EnvelopeBytes encode(const Envelope& envelope, std::string_view key, ByteView payload) noexcept {
    EnvelopeBytes out;
    std::byte* const at = out.bytes_.data();
    put_be(at + kMagicAt, Envelope::kMagic);
    put_be(at + kFormatAt, static_cast<std::uint8_t>(envelope.format));
    put_be(at + kFlagsAt, envelope.flags);
    put_version(at + kVersionAt, envelope.version);
    out.size_ = envelope.format == Format::First ? encode_first(envelope, payload, at)
                                                 : encode_second(envelope, key, payload, at);
    return out;
}

Result<Record> decode(std::string_view key, ByteView stored) noexcept {
    if (stored.size() < Envelope::kVersionEnd)
        return Error(Errc::Corrupt, "stored value has %zu bytes, less than its header",
                     stored.size());
    const std::byte* at = stored.data();
    if (get_be<std::uint16_t>(at + kMagicAt) != Envelope::kMagic)
        return Error(Errc::Corrupt, "stored value was not written by sessmirror");
    const auto format = get_be<std::uint8_t>(at + kFormatAt);
    if (format != static_cast<std::uint8_t>(Format::First) &&
        format != static_cast<std::uint8_t>(Format::Second))
        return Error(Errc::Corrupt, "stored value has format %u, this release reads 1 and 2",
                     format);
    auto record = format == static_cast<std::uint8_t>(Format::First) ? decode_first(stored)
                                                                     : decode_second(key, stored);
    if (!record) return record;
    record->envelope.format = static_cast<Format>(format);
    record->envelope.flags = get_be<std::uint8_t>(at + kFlagsAt);
    record->envelope.version = get_version(at + kVersionAt);
    const Version version = record->envelope.version;
    if (version.is_none() || version.generation > Envelope::kLastGeneration)
        return Error(Errc::Corrupt, "stored value carries no version");
    return record;
}

}  // namespace sessmirror::record
