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
constexpr std::string_view kKey = "sm:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz";
constexpr std::string_view kPayload = "user|s:5:\"alice\";";
constexpr std::string_view kSession =
    "a55e0200650000010badcafe59cdbe1f43a3b03b6500000112340000000000116400000000000002000005a0"
    "001002006500000000c0ffee64ffff0000000001";
constexpr std::string_view kTombstoneAfterFailover =
    "a55e020300000002000000016541bb7264b0d94e000000000000000000000000000000020000000100000000"
    "00000000";
constexpr std::string_view kFirstSession =
    "a55e0100650000010badcafe6500000000c0ffee6500000112340000000000117e0c4420376c5a41";
constexpr std::string_view kFirstTombstone =
    "a55e010300000002000000010000000000000000000000000000000000000000e89fd47b27cb9918";

Envelope session_envelope() {
    Envelope envelope;
    envelope.version = {0x65000001, 0x0badcafe};
    envelope.incarnation = {0x64000000, 2};
    envelope.ancestors = {{0x65000000, 0x00c0ffee}, {0x64ffff00, 1}};
    envelope.modified_unix = 0x65000001;
    envelope.lifetime_s = 1440;
    envelope.origin = 0x1234;
    return envelope;
}

Envelope tombstone_envelope() {
    Envelope tombstone;
    tombstone.flags = kTombstone | kAfterFailover;
    tombstone.version = {2, 1};
    tombstone.incarnation = {2, 1};
    return tombstone;
}

Envelope first(Envelope envelope) {
    envelope.format = Format::First;
    return envelope;
}

Bytes joined(ByteView header, std::string_view payload) {
    Bytes out(header.begin(), header.end());
    const ByteView tail = as_bytes(payload);
    out.insert(out.end(), tail.begin(), tail.end());
    return out;
}

Bytes stored(const Envelope& envelope, std::string_view payload) {
    return joined(encode(envelope, kKey, as_bytes(payload)).view(), payload);
}

std::string hex(const Envelope& envelope, std::string_view payload) {
    return to_hex(encode(envelope, kKey, as_bytes(payload)).view());
}

TEST(Envelope, EncodesTheVectorsOfTheFormatDocument) {
    EXPECT_EQ(hex(session_envelope(), kPayload), kSession);
    EXPECT_EQ(hex(tombstone_envelope(), ""), kTombstoneAfterFailover);
    EXPECT_EQ(hex(first(session_envelope()), kPayload), kFirstSession);
    EXPECT_EQ(hex(first(tombstone_envelope()), ""), kFirstTombstone);
}

TEST(Envelope, DecodesTheVectorsOfTheFormatDocument) {
    const Bytes bytes = joined(from_hex(kSession), kPayload);
    const auto record = decode(kKey, bytes);
    ASSERT_TRUE(record) << record.error().detail;
    EXPECT_EQ(as_text(record->payload), kPayload);
    EXPECT_EQ(record->envelope.format, Format::Second);
    EXPECT_EQ(record->envelope.version, (Version{0x65000001, 0x0badcafe}));
    EXPECT_EQ(record->envelope.incarnation, (Version{0x64000000, 2}));
    EXPECT_EQ(record->envelope.ancestors, session_envelope().ancestors);
    EXPECT_EQ(record->envelope.modified_unix, 0x65000001u);
    EXPECT_EQ(record->envelope.lifetime_s, 1440u);
    EXPECT_EQ(record->envelope.origin, 0x1234);
    EXPECT_EQ(record->envelope.codec, Codec::Plain);
    EXPECT_FALSE(record->envelope.is_tombstone());

    const Bytes tombstone = from_hex(kTombstoneAfterFailover);
    ASSERT_TRUE(decode(kKey, tombstone));
    EXPECT_TRUE(decode(kKey, tombstone)->envelope.is_tombstone());
}

TEST(Envelope, StillReadsTheFirstFormat) {
    const Bytes bytes = joined(from_hex(kFirstSession), kPayload);
    const auto record = decode(kKey, bytes);
    ASSERT_TRUE(record) << record.error().detail;
    EXPECT_EQ(as_text(record->payload), kPayload);
    EXPECT_EQ(record->envelope.format, Format::First);
    EXPECT_EQ(record->envelope.version, (Version{0x65000001, 0x0badcafe}));
    EXPECT_EQ(record->envelope.parent(), (Version{0x65000000, 0x00c0ffee}));
    EXPECT_TRUE(record->envelope.incarnation.is_none());
    EXPECT_EQ(record->envelope.origin, 0x1234);
    const Bytes tombstone = from_hex(kFirstTombstone);
    ASSERT_TRUE(decode(kKey, tombstone));
    EXPECT_TRUE(decode(kKey, tombstone)->envelope.is_tombstone());
}

// A store that hands out one session's value under another's name must not be believed.
TEST(Envelope, TakesAValueOfAnotherKeyForDamaged) {
    const Bytes value = stored(session_envelope(), kPayload);
    ASSERT_TRUE(decode(kKey, value));
    const auto swapped = decode("sm:2guttEp4rrTXykdZiKsmnV81DThNWo8W", value);
    ASSERT_FALSE(swapped);
    EXPECT_EQ(swapped.error().code, Errc::Corrupt);
    // The same session of another site on the same store.
    EXPECT_FALSE(decode("other:quypqTR3O-Hy96ZWz4gwMwIUbk50fDQz", value));
}

TEST(Envelope, NoticesEverySingleBitThatChanged) {
    for (const Envelope& envelope : {session_envelope(), first(session_envelope())}) {
        const Bytes good = stored(envelope, kPayload);
        ASSERT_TRUE(decode(kKey, good));
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            Bytes bad = good;
            bad[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
            const auto record = decode(kKey, bad);
            ASSERT_FALSE(record) << "bit " << bit;
            EXPECT_EQ(record.error().code, Errc::Corrupt);
        }
    }
}

TEST(Envelope, NoticesEveryCutAndEveryAddition) {
    for (const Envelope& envelope : {session_envelope(), first(session_envelope())}) {
        Bytes value = stored(envelope, kPayload);
        for (std::size_t size = 0; size < value.size(); ++size)
            EXPECT_FALSE(decode(kKey, ByteView(value).first(size))) << size;
        value.push_back(std::byte{0});
        EXPECT_FALSE(decode(kKey, value));
    }
}

TEST(Envelope, RefusesWhatNoWriterMakes) {
    Envelope envelope = session_envelope();
    envelope.version = Version::none();
    EXPECT_FALSE(decode(kKey, stored(envelope, kPayload)));
    // Nothing could follow it.
    envelope.version = {0xFFFFFFFF, 1};
    EXPECT_FALSE(decode(kKey, stored(envelope, kPayload)));
}

TEST(Envelope, KeepsAsManyAncestorsAsThereAre) {
    Envelope envelope = session_envelope();
    for (std::uint32_t i = 0; i < 2 * Ancestry::kMost; ++i) {
        envelope.ancestors.push({100 - i, i + 1});
        const auto record = decode(kKey, stored(envelope, kPayload));
        ASSERT_TRUE(record) << record.error().detail;
        EXPECT_EQ(record->envelope.ancestors, envelope.ancestors);
    }
    EXPECT_EQ(envelope.ancestors.size(), Ancestry::kMost);
    EXPECT_EQ(encode(envelope, kKey, {}).size(), Envelope::kMost);
}

TEST(Envelope, TakesACodecThatItDoesNotKnowForIntact) {
    Envelope envelope = session_envelope();
    envelope.codec = static_cast<Codec>(77);
    const Bytes value = stored(envelope, kPayload);
    const auto record = decode(kKey, value);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->envelope.codec, static_cast<Codec>(77));
    EXPECT_EQ(stored(record->envelope, as_text(record->payload)), value);
}

TEST(Precedence, ATombstoneBeatsWhateverDoesNotDescendFromIt) {
    Envelope written_later = session_envelope();
    written_later.incarnation = Version::none();
    written_later.version = {900, 1};
    Envelope tombstone;
    tombstone.version = tombstone.incarnation = {800, 1};
    EXPECT_GT(tombstone.precedence(), written_later.precedence());
    written_later.incarnation = tombstone.version;
    EXPECT_LT(tombstone.precedence(), written_later.precedence());
}

TEST(Envelope, KeepsPayloadsOfAnyContent) {
    std::string payload("\0\xff\r\nEND\r\n", 9);
    payload += std::string(100000, '\0');
    const Bytes value = stored(session_envelope(), payload);
    const auto record = decode(kKey, value);
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
