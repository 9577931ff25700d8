// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a stored value; whatever decodes must encode to the same bytes again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "record/envelope.h"

using namespace sessmirror;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void round_trip(ByteView stored) {
    const auto record = record::decode(stored);
    if (!record) {
        require(record.error().code == Errc::Corrupt);
        return;
    }
    const auto header = record::encode(record->envelope, record->payload);
    require(std::equal(header.begin(), header.end(), stored.begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(reinterpret_cast<const std::byte*>(data), size);
    round_trip(input);
    // Random bytes rarely have a good checksum: use them as fields and payload as well.
    if (size < 18) return 0;
    const std::byte* at = input.data();
    record::Envelope envelope;
    envelope.flags = get_be<std::uint8_t>(at);
    envelope.version = {get_be<std::uint32_t>(at + 1), get_be<std::uint32_t>(at + 5)};
    envelope.parent = {get_be<std::uint32_t>(at + 9), get_be<std::uint32_t>(at + 13)};
    const ByteView payload = input.subspan(17);
    const auto header = record::encode(envelope, payload);
    Bytes stored(header.begin(), header.end());
    stored.insert(stored.end(), payload.begin(), payload.end());
    require(record::decode(stored).has_value() == !envelope.version.is_none());
    round_trip(stored);
    return 0;
}
