// SPDX-License-Identifier: BSD-3-Clause
#include "record/envelope.h"

#include "base/hash.h"

namespace sessmirror::record {
namespace {

// Byte offsets, as in docs/format.md.
constexpr std::size_t kMagicAt = 0;
constexpr std::size_t kFormatAt = 2;
constexpr std::size_t kFlagsAt = 3;
constexpr std::size_t kVersionAt = Envelope::kVersionAt;
constexpr std::size_t kParentAt = 12;
constexpr std::size_t kModifiedAt = 20;
constexpr std::size_t kOriginAt = 24;
constexpr std::size_t kCodecAt = 26;
constexpr std::size_t kLengthAt = 28;
constexpr std::size_t kChecksumAt = 32;
static_assert(kChecksumAt + sizeof(std::uint64_t) == Envelope::kSize);

void put_version(std::byte* out, Version version) noexcept {
    put_be(out, version.generation);
    put_be(out + 4, version.nonce);
}

Version get_version(const std::byte* in) noexcept {
    return {get_be<std::uint32_t>(in), get_be<std::uint32_t>(in + 4)};
}

}  // namespace

EnvelopeBytes encode(const Envelope& envelope, ByteView payload) noexcept {
    EnvelopeBytes out{};
    std::byte* at = out.data();
    put_be(at + kMagicAt, Envelope::kMagic);
    put_be(at + kFormatAt, Envelope::kFormat);
    put_be(at + kFlagsAt, envelope.flags);
    put_version(at + kVersionAt, envelope.version);
    put_version(at + kParentAt, envelope.parent);
    put_be(at + kModifiedAt, envelope.modified_unix);
    put_be(at + kOriginAt, envelope.origin);
    put_be(at + kCodecAt, static_cast<std::uint16_t>(envelope.codec));
    put_be(at + kLengthAt, static_cast<std::uint32_t>(payload.size()));
    put_be(at + kChecksumAt, checksum(ByteView(out).first(kChecksumAt), payload));
    return out;
}

Result<Record> decode(ByteView stored) noexcept {
    if (stored.size() < Envelope::kSize)
        return Error(Errc::Corrupt, "stored value has %zu bytes, less than its header",
                     stored.size());
    const std::byte* at = stored.data();
    if (get_be<std::uint16_t>(at + kMagicAt) != Envelope::kMagic)
        return Error(Errc::Corrupt, "stored value was not written by sessmirror");
    if (get_be<std::uint8_t>(at + kFormatAt) != Envelope::kFormat)
        return Error(Errc::Corrupt, "stored value has format %u, this release reads %u",
                     get_be<std::uint8_t>(at + kFormatAt), Envelope::kFormat);
    const ByteView payload = stored.subspan(Envelope::kSize);
    if (get_be<std::uint32_t>(at + kLengthAt) != payload.size())
        return Error(Errc::Corrupt, "stored value is cut: %zu bytes of %u", payload.size(),
                     get_be<std::uint32_t>(at + kLengthAt));
    if (get_be<std::uint64_t>(at + kChecksumAt) != checksum(stored.first(kChecksumAt), payload))
        return Error(Errc::Corrupt, "stored value fails its checksum");

    Record record;
    record.envelope.flags = get_be<std::uint8_t>(at + kFlagsAt);
    record.envelope.version = get_version(at + kVersionAt);
    record.envelope.parent = get_version(at + kParentAt);
    record.envelope.modified_unix = get_be<std::uint32_t>(at + kModifiedAt);
    record.envelope.origin = get_be<std::uint16_t>(at + kOriginAt);
    record.envelope.codec = static_cast<Codec>(get_be<std::uint16_t>(at + kCodecAt));
    if (record.envelope.version.is_none())
        return Error(Errc::Corrupt, "stored value carries no version");
    record.payload = payload;
    return record;
}

}  // namespace sessmirror::record
