// SPDX-License-Identifier: BSD-3-Clause
// Any value in the embedded store's file is none, or an item that is written again as it was read,
// whose content lies within the value, and of which the head says when it expires.
#include "store/embedded/item.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace sessmirror;
using store::LmdbItem;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

void check_expiry(const LmdbItem& item) {
    constexpr std::uint64_t kLastSecond = 0xFFFFFFFF;
    require(item.is_alive(0) == (item.expires_s != 0));
    const auto end = static_cast<std::uint32_t>(std::min(item.expires_s, kLastSecond));
    require(item.is_alive(end) == (item.expires_s > kLastSecond));
    if (end != 0) require(item.is_alive(end - 1));
}

void check_writing(const LmdbItem& item, const std::byte* bytes, std::size_t size) {
    std::vector<std::byte> again(size);
    std::byte* const behind = LmdbItem::write_head(again.data(), item.expires_s, item.cas);
    require(behind == again.data() + LmdbItem::kHead);
    std::copy(item.content.begin(), item.content.end(), behind);
    require(std::equal(again.begin(), again.end(), bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(data);
    const auto item = LmdbItem::read(data, size);
    require(item.has_value() == (size >= LmdbItem::kHead));
    if (!item) return 0;
    require(item->content.data() == bytes + LmdbItem::kHead);
    require(item->content.size() == size - LmdbItem::kHead);
    require((item->fingerprint() & 0x80000000u) == 0);
    check_expiry(*item);
    check_writing(*item, bytes, size);
    return 0;
}
