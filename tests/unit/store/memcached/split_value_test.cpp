// SPDX-License-Identifier: BSD-3-Clause
#include "store/memcached/split_value.h"

#include <gtest/gtest.h>

#include "support/hex.h"

namespace sessmirror::store {
namespace {

constexpr record::Version kVersion{0x65000001, 0x0badcafe};
constexpr std::uint64_t kMax = 16u << 20;

Bytes item_of(const Manifest& manifest) {
    Bytes out(record::Envelope::kFixed);
    const auto bytes = encode_manifest(manifest);
    out.insert(out.end(), bytes.begin(), bytes.end());
    return out;
}

TEST(SplitValue, HasTheBytesAndNamesOfTheFormatDocument) {
    const auto manifest = plan_split(kVersion, 3500000, 1047552);
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->count, 4u);
    EXPECT_EQ(test::to_hex(encode_manifest(*manifest)),
              "650000010badcafe000ffc000000000400000000003567e0");
    EXPECT_EQ(chunk_key(derive_key("sm:", "", "abc"), kVersion, 3).view(),
              "sm:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz.650000010badcafe.3");
}

TEST(SplitValue, ChunksAddUpToTheWhole) {
    for (const std::uint64_t total : {1u, 9u, 10u, 11u, 20u, 1001u}) {
        const auto manifest = plan_split(kVersion, total, 10);
        ASSERT_TRUE(manifest);
        std::uint64_t sum = 0;
        for (std::uint32_t i = 0; i < manifest->count; ++i) {
            EXPECT_GT(manifest->size_of(i), 0u);
            EXPECT_LE(manifest->size_of(i), 10u);
            sum += manifest->size_of(i);
        }
        EXPECT_EQ(sum, total);
    }
}

TEST(SplitValue, ReadsBackWhatItWrote) {
    const Manifest manifest = *plan_split(kVersion, 3500000, 1047552);
    EXPECT_EQ(decode_manifest(item_of(manifest), kMax), manifest);
}

TEST(SplitValue, RefusesManifestsThatContradictThemselves) {
    const Manifest good = *plan_split(kVersion, 3500000, 1047552);
    Manifest bad = good;
    bad.count = 5;
    EXPECT_FALSE(decode_manifest(item_of(bad), kMax));
    bad = good;
    bad.chunk_size = 0;
    EXPECT_FALSE(decode_manifest(item_of(bad), kMax));
    bad = good;
    bad.total = 0;
    EXPECT_FALSE(decode_manifest(item_of(bad), kMax));
    bad = good;
    bad.total = ~std::uint64_t{0};
    EXPECT_FALSE(decode_manifest(item_of(bad), kMax));
    EXPECT_FALSE(decode_manifest(item_of(good), good.total - 1));
    Bytes cut = item_of(good);
    cut.pop_back();
    EXPECT_FALSE(decode_manifest(cut, kMax));
    EXPECT_FALSE(decode_manifest({}, kMax));
}

TEST(SplitValue, RefusesToUseVeryManyChunks) {
    EXPECT_TRUE(plan_split(kVersion, 4096 * 10, 10));
    EXPECT_FALSE(plan_split(kVersion, 4096 * 10 + 1, 10));
}

}  // namespace
}  // namespace sessmirror::store
