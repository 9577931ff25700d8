// SPDX-License-Identifier: BSD-3-Clause
// What a build cannot read. Unlike compressor_test.cpp, also for a build without libzstd.
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "record/compressor.h"
#include "support/hex.h"

namespace sessmirror::record {
namespace {

using test::from_hex;

constexpr std::uint64_t kMax = 1u << 20;
constexpr std::string_view kFrame = "28b52ffd204da5000070636172747c733a36343a2278223b0100944012";

TEST(Compressor, SaysThatAnUnknownCodecIsNotDamage) {
    Envelope envelope;
    envelope.codec = static_cast<Codec>(77);
    Bytes plain;
    const Status expanded = Compressor().expand({envelope, as_bytes("?")}, kMax, plain);
    ASSERT_FALSE(expanded);
    EXPECT_EQ(expanded.error().code, Errc::Unreadable);
    EXPECT_STREQ(expanded.error().detail,
                 "the session is stored with codec 77, unknown to this release");
}

TEST(Compressor, WithoutItsLibrarySaysWhatToInstall) {
    if (Compressor::is_available()) return;
    Bytes plain;
    const Status made = Compressor().decompress(from_hex(kFrame), kMax, plain);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::Unreadable);
    EXPECT_NE(std::string_view(made.error().detail).find("libzstd-dev"), std::string_view::npos);
}

}  // namespace
}  // namespace sessmirror::record
