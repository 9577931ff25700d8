// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a stored value; whatever decodes must encode to the same again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "record/envelope.h"

using namespace sessmirror;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

constexpr std::string_view kKey = "sm:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz";

Bytes joined(const record::Envelope& envelope, ByteView payload) {
    const auto header = record::encode(envelope, kKey, payload);
    Bytes out(header.view().begin(), header.view().end());
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
}

void round_trip(ByteView stored) {
    const auto record = record::decode(kKey, stored);
    if (!record) {
        require(record.error().code == Errc::Corrupt);
        return;
    }
    // What an extension holds behind the ancestors is not kept, and what is kept reads the same.
    const Bytes again = joined(record->envelope, record->payload);
    const auto twice = record::decode(kKey, again);
    require(twice && twice->envelope.precedence() == record->envelope.precedence() &&
            twice->envelope.ancestors == record->envelope.ancestors &&
            std::ranges::equal(twice->payload, record->payload));
}

}  // namespace

// Byte 17 chooses the format, and how many of the payload's first bytes are ancestors.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(reinterpret_cast<const std::byte*>(data), size);
    round_trip(input);
    // Random bytes rarely have a good checksum: use them as fields and payload as well.
    if (size < 18) return 0;
    const std::byte* at = input.data();
    const auto shape = get_be<std::uint8_t>(at + 17);
    const ByteView payload = input.subspan(18);
    record::Envelope envelope;
    envelope.format = shape % 2 == 0 ? record::Format::Second : record::Format::First;
    envelope.flags = get_be<std::uint8_t>(at);
    envelope.version = {get_be<std::uint32_t>(at + 1), get_be<std::uint32_t>(at + 5)};
    envelope.incarnation = {get_be<std::uint32_t>(at + 9), get_be<std::uint32_t>(at + 13)};
    for (std::size_t i = 0; i + 8 <= payload.size() && i < std::size_t{shape} * 4; i += 8)
        envelope.ancestors.add(record::unpacked(get_be<std::uint64_t>(payload.data() + i)));
    envelope.ancestors.trim(envelope.version.generation, shape % 4 < 2
                                                             ? record::Ancestry::Members::AllThere
                                                             : record::Ancestry::Members::SomeAway);
    const Bytes stored = joined(envelope, payload);
    const bool is_one = !envelope.version.is_none() &&
                        envelope.version.generation <= record::Envelope::kLastGeneration;
    require(record::decode(kKey, stored).has_value() == is_one);
    require(envelope.format == record::Format::First || !record::decode("sm:another", stored));
    round_trip(stored);
    return 0;
}
