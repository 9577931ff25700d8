// SPDX-License-Identifier: BSD-3-Clause
#include "record/envelope.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/hex.h"

namespace sessmirror::record {
namespace {

using test::from_hex;
using test::to_hex;

// The vectors of docs/format.md; their checksums were computed by another program.
constexpr std::string_view kPayload = "user|s:5:\"alice\";";
constexpr std::string_view kSession =
    "a55e0100650000010badcafe6500000000c0ffee6500000112340000000000117e0c4420376c5a41";
constexpr std::string_view kTombstoneAfterFailover =
    "a55e010300000002000000010000000000000000000000000000000000000000e89fd47b27cb9918";

Envelope session_envelope() {
    Envelope envelope;
    envelope.version = {0x65000001, 0x0badcafe};
    envelope.parent = {0x65000000, 0x00c0ffee};
    envelope.modified_unix = 0x65000001;
    envelope.origin = 0x1234;
    return envelope;
}

Bytes stored(const Envelope& envelope, std::string_view payload) {
    const EnvelopeBytes header = encode(envelope, as_bytes(payload));
    Bytes out(header.begin(), header.end());
    const ByteView tail = as_bytes(payload);
    out.insert(out.end(), tail.begin(), tail.end());
    return out;
}

TEST(Envelope, EncodesTheVectorsOfTheFormatDocument) {
    EXPECT_EQ(to_hex(encode(session_envelope(), as_bytes(kPayload))), kSession);
    Envelope tombstone;
    tombstone.flags = kTombstone | kAfterFailover;
    tombstone.version = {2, 1};
    EXPECT_EQ(to_hex(encode(tombstone, {})), kTombstoneAfterFailover);
}

TEST(Envelope, DecodesTheVectorsOfTheFormatDocument) {
    Bytes bytes = from_hex(kSession);
    const ByteView tail = as_bytes(kPayload);
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    const auto record = decode(bytes);
    ASSERT_TRUE(record) << record.error().detail;
    EXPECT_EQ(as_text(record->payload), kPayload);
    EXPECT_EQ(record->envelope.version, (Version{0x65000001, 0x0badcafe}));
    EXPECT_EQ(record->envelope.parent, (Version{0x65000000, 0x00c0ffee}));
    EXPECT_EQ(record->envelope.modified_unix, 0x65000001u);
    EXPECT_EQ(record->envelope.origin, 0x1234);
    EXPECT_EQ(record->envelope.codec, Codec::Plain);
    EXPECT_FALSE(record->envelope.is_tombstone());

    const Bytes tombstone = from_hex(kTombstoneAfterFailover);
    ASSERT_TRUE(decode(tombstone));
    EXPECT_TRUE(decode(tombstone)->envelope.is_tombstone());
}

TEST(Envelope, NoticesEverySingleBitThatChanged) {
    const Bytes good = stored(session_envelope(), kPayload);
    ASSERT_TRUE(decode(good));
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        Bytes bad = good;
        bad[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
        const auto record = decode(bad);
        ASSERT_FALSE(record) << "bit " << bit;
        EXPECT_EQ(record.error().code, Errc::Corrupt);
    }
}

TEST(Envelope, NoticesEveryCutAndEveryAddition) {
    Bytes value = stored(session_envelope(), kPayload);
    for (std::size_t size = 0; size < value.size(); ++size)
        EXPECT_FALSE(decode(ByteView(value).first(size))) << size;
    value.push_back(std::byte{0});
    EXPECT_FALSE(decode(value));
}

TEST(Envelope, RefusesWhatNoWriterMakes) {
    Envelope envelope = session_envelope();
    envelope.version = Version::none();
    EXPECT_FALSE(decode(stored(envelope, kPayload)));
}

TEST(Envelope, TakesACodecThatItDoesNotKnowForIntact) {
    Envelope envelope = session_envelope();
    envelope.codec = static_cast<Codec>(77);
    const Bytes value = stored(envelope, kPayload);
    const auto record = decode(value);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->envelope.codec, static_cast<Codec>(77));
    EXPECT_EQ(encode(record->envelope, record->payload), encode(envelope, as_bytes(kPayload)));
}

TEST(Envelope, KeepsPayloadsOfAnyContent) {
    std::string payload("\0\xff\r\nEND\r\n", 9);
    payload += std::string(100000, '\0');
    const Bytes value = stored(session_envelope(), payload);
    const auto record = decode(value);
    ASSERT_TRUE(record);
    EXPECT_EQ(as_text(record->payload), payload);
}

TEST(Version, FollowsTheStoredOneEvenIfTheClockIsBehind) {
    EXPECT_EQ(next_version({100, 7}, 50, 9), (Version{101, 9}));
    EXPECT_EQ(next_version({100, 7}, 500, 9), (Version{500, 9}));
    EXPECT_GT(next_version({100, 7}, 0, 1), (Version{100, 7}));
}

TEST(Version, NeverDrawsTheNonceThatMeansNone) {
    EXPECT_FALSE(next_version({}, 0, 0).is_none());
    EXPECT_FALSE(next_version({}, 0, std::uint64_t{1} << 32).is_none());
    EXPECT_TRUE(Version::none().is_none());
}

TEST(Version, FingerprintsFitIn31BitsAndDifferForSiblings) {
    EXPECT_NE(fingerprint({5, 1}), fingerprint({5, 2}));
    EXPECT_NE(fingerprint({5, 1}), fingerprint({6, 1}));
    EXPECT_EQ(fingerprint({0, 0xFFFFFFFFu}), 0x7FFFFFFFu);
}

}  // namespace
}  // namespace sessmirror::record
