// SPDX-License-Identifier: BSD-3-Clause
#include "record/compressor.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "support/hex.h"

namespace sessmirror::record {
namespace {

using test::from_hex;

constexpr std::uint64_t kMax = 1u << 20;

// The vector of docs/format.md, made by the zstd library itself; its checksum by xxHash's.
constexpr std::string_view kHeader =
    "a55e0100650000010badcafe6500000000c0ffee65000001123400010000001d29cfd670c7ba8ba3";
constexpr std::string_view kFrame = "28b52ffd204da5000070636172747c733a36343a2278223b0100944012";
std::string vector_content() {
    return "cart|s:64:\"" + std::string(64, 'x') + "\";";
}

class Compressing : public ::testing::Test {
  protected:
    Bytes frame_of(std::string_view plain) {
        Bytes frame;
        EXPECT_TRUE(compressor.compress(as_bytes(plain), frame));
        return frame;
    }
    Errc failure(ByteView frame, std::uint64_t max = kMax) {
        Bytes plain(3);
        const Status made = compressor.decompress(frame, max, plain);
        EXPECT_FALSE(made);
        EXPECT_EQ(plain.size(), 0u);
        return made ? Errc::Internal : made.error().code;
    }
    Errc failure(std::string_view hex) { return failure(from_hex(hex)); }

    Compressor compressor;
};

TEST_F(Compressing, GivesBackWhatWasCompressed) {
    std::string session;
    for (int i = 0; i < 20000; ++i) session += "i:" + std::to_string(i * i) + ";N;";
    const Bytes frame = frame_of(session);
    EXPECT_LT(frame.size(), session.size() / 2);
    Bytes plain;
    ASSERT_TRUE(compressor.decompress(frame, kMax, plain));
    EXPECT_EQ(as_text(plain), session);
    // The same contexts again.
    ASSERT_TRUE(compressor.decompress(frame_of(vector_content()), kMax, plain));
    EXPECT_EQ(as_text(plain), vector_content());
}

TEST_F(Compressing, ReadsTheVectorOfTheFormatDocument) {
    const Bytes stored = from_hex(std::string(kHeader) + std::string(kFrame));
    const auto record = decode("", stored);
    ASSERT_TRUE(record) << record.error().detail;
    EXPECT_EQ(record->envelope.codec, Codec::Zstd);
    Bytes plain;
    ASSERT_TRUE(compressor.expand(*record, kMax, plain));
    EXPECT_EQ(as_text(plain), vector_content());
}

TEST_F(Compressing, LeavesWhatWouldSaveTooLittle) {
    std::string random;
    std::uint64_t state = 1;
    for (int i = 0; i < 5000; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        random += static_cast<char>(state >> 56);
    }
    Bytes frame(7);
    EXPECT_FALSE(compressor.compress(as_bytes(random), frame));
    EXPECT_TRUE(frame.empty());
    // One tenth of it could be saved.
    EXPECT_FALSE(compressor.compress(as_bytes(random + std::string(500, 'x')), frame));
    EXPECT_TRUE(compressor.compress(as_bytes(random + std::string(1500, 'x')), frame));
    for (const std::string_view tiny : {"", "a", "a|i:1;"})
        EXPECT_FALSE(compressor.compress(as_bytes(tiny), frame)) << tiny;
}

TEST_F(Compressing, RefusesEveryCutAndEveryAddition) {
    Bytes frame = from_hex(kFrame);
    for (std::size_t size = 0; size < frame.size(); ++size)
        EXPECT_EQ(failure(ByteView(frame).first(size)), Errc::Corrupt) << size;
    frame.push_back(std::byte{0});
    EXPECT_EQ(failure(frame), Errc::Corrupt);
    EXPECT_EQ(failure(std::string(kFrame) + std::string(kFrame)), Errc::Corrupt);
    // A frame that zstd skips.
    EXPECT_EQ(failure(std::string(kFrame) + "502a4d180400000001020304"), Errc::Corrupt);
}

TEST_F(Compressing, RefusesWhatIsNoFrameThatTellsItsSize) {
    EXPECT_EQ(failure(as_bytes("cart|s:5:\"alice\";")), Errc::Corrupt);
    // Without a size; a frame that is skipped; an empty one; a format of zstd's first releases.
    EXPECT_EQ(failure("28b52ffd0000a5000070636172747c733a36343a2278223b0100944012"), Errc::Corrupt);
    EXPECT_EQ(failure("502a4d180400000001020304"), Errc::Corrupt);
    EXPECT_EQ(failure("28b52ffd2000010000"), Errc::Corrupt);
    EXPECT_EQ(failure("27b52ffd204da5000070636172747c733a36343a2278223b0100944012"), Errc::Corrupt);
}

TEST_F(Compressing, SurvivesEveryBitThatChanged) {
    const Bytes good = from_hex(kFrame);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Bytes bad = good;
        bad[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
        Bytes plain;
        (void)compressor.decompress(bad, kMax, plain);
        EXPECT_LE(plain.size(), kMax);
    }
}

TEST_F(Compressing, NeverMakesMoreThanTheLargestSession) {
    const Bytes bomb = frame_of(std::string(1u << 20, '\0'));
    EXPECT_LT(bomb.size(), 100u);
    Bytes plain;
    EXPECT_TRUE(compressor.decompress(bomb, 1u << 20, plain));
    EXPECT_EQ(failure(bomb, (1u << 20) - 1), Errc::TooLarge);
    // 4 GB are announced, and nothing follows.
    EXPECT_EQ(failure("28b52ffda0ffffffff010000"), Errc::TooLarge);
}

}  // namespace
}  // namespace sessmirror::record
