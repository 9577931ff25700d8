// SPDX-License-Identifier: BSD-3-Clause
#include "record/segments.h"

#include <bit>

#include "base/bytes.h"

namespace sessmirror::record {

bool SegmentReader::skip(std::string_view expected) noexcept {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
}

bool SegmentReader::take_sized(std::string_view& out) noexcept {
    if (rest_.size() < sizeof(SegmentLength)) return false;
    const auto size = get_be<std::uint32_t>(as_bytes(rest_).data());
    if (rest_.size() - sizeof(SegmentLength) < size) return false;
    out = rest_.substr(sizeof(SegmentLength), size);
    rest_.remove_prefix(sizeof(SegmentLength) + size);
    return true;
}

bool SegmentReader::next(Segment& out) noexcept {
    if (!is_sound_ || rest_.empty()) return false;
    const std::string_view from = rest_;
    is_sound_ = take_sized(out.key) && take_sized(out.value) && !out.value.empty();
    if (is_sound_) out.head = from.substr(0, from.size() - rest_.size() - out.value.size());
    return is_sound_;
}

SegmentLength segment_length(std::size_t size) noexcept {
    std::array<std::byte, sizeof(SegmentLength)> bytes{};
    put_be(bytes.data(), static_cast<std::uint32_t>(size));
    return std::bit_cast<SegmentLength>(bytes);
}

}  // namespace sessmirror::record
