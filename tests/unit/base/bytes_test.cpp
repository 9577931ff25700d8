// SPDX-License-Identifier: BSD-3-Clause
#include "base/bytes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/hash.h"
#include "support/hex.h"

namespace sessmirror {
namespace {

TEST(Bytes, IntegersAreBigEndian) {
    std::byte out[8];
    put_be(out, std::uint64_t{0x0102030405060708});
    EXPECT_EQ(test::to_hex(out), "0102030405060708");
    EXPECT_EQ(get_be<std::uint64_t>(out), 0x0102030405060708u);
    EXPECT_EQ(get_be<std::uint16_t>(out), 0x0102u);
    put_be(out, std::uint8_t{0xff});
    EXPECT_EQ(get_be<std::uint8_t>(out), 0xffu);
}

TEST(Bytes, MemcmpOrdersStoredIntegers) {
    std::byte small[4];
    std::byte large[4];
    put_be(small, std::uint32_t{0x00ffffff});
    put_be(large, std::uint32_t{0x80000000});
    EXPECT_LT(std::memcmp(small, large, 4), 0);
}

TEST(Hash, ChecksumDoesNotDependOnWhereTheCutIs) {
    const ByteView all = as_bytes("some header and a payload");
    for (std::size_t cut = 0; cut <= all.size(); ++cut)
        EXPECT_EQ(checksum({all.first(cut), all.subspan(cut)}), checksum({all}));
    EXPECT_EQ(checksum({all}), hash64(as_text(all)));
    EXPECT_NE(hash64("a", 1), hash64("a", 2));
    EXPECT_EQ(hash64(""), 0x2d06800538d394c2u) << "XXH3's own value of the empty input";
}

// Long texts are hashed piece by piece, shorter ones in one piece.
TEST(Hash, ChecksumIsThatOfOneTextWhateverItsLength) {
    std::string text(20'000, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 131 + i / 251);
    for (const std::size_t size : {240u, 241u, 1340u, 4095u, 4096u, 4097u, 20'000u}) {
        const ByteView all = as_bytes(text).first(size);
        EXPECT_EQ(checksum({all.first(12), all.subspan(12, 100), all.subspan(112)}),
                  hash64(as_text(all)))
            << size;
    }
}

}  // namespace
}  // namespace sessmirror
