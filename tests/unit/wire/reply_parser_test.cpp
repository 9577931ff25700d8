// SPDX-License-Identifier: BSD-3-Clause
#include "wire/reply_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sessmirror::wire {
namespace {

using Step = ReplyParser::Step;

struct Parsed {
    std::vector<Reply> replies;
    bool malformed = false;
    bool between = false;
};

void take(ReplyParser& parser, ByteView input, Parsed& out) {
    do {
        Reply reply;
        const Step step = parser.next(input, reply);
        if (step == Step::Complete) out.replies.push_back(std::move(reply));
        out.malformed = step == Step::Malformed;
    } while (!input.empty() && !out.malformed);
}

// As much of the chunk as fits; the rest stays in `input`.
void put_into_room(ReplyParser& parser, ByteView& input, Parsed& out) {
    const std::span<std::byte> room = parser.room();
    const std::size_t size = std::min(input.size(), room.size());
    if (size == 0) return;
    std::copy_n(input.begin(), size, room.begin());
    input = input.subspan(size);
    parser.filled(size);
    take(parser, {}, out);
}

enum class Way { Copied, InPlace };

Parsed parse(const std::vector<std::string_view>& chunks, Way way = Way::Copied,
             std::size_t max_value = 1000, std::size_t room_from = 1,
             Dialect dialect = Dialect::Meta) {
    ReplyParser parser(max_value, room_from);
    parser.speak(dialect);
    Parsed out;
    for (const std::string_view chunk : chunks) {
        ByteView input = as_bytes(chunk);
        if (way == Way::InPlace && !out.malformed) put_into_room(parser, input, out);
        if (!input.empty() && !out.malformed) take(parser, input, out);
    }
    out.between = parser.is_between_replies();
    return out;
}

std::string describe(const Parsed& parsed) {
    std::string out = parsed.malformed ? "malformed" : parsed.between ? "between" : "inside";
    for (const Reply& r : parsed.replies)
        out += " [" + std::to_string(static_cast<int>(r.code)) + " c" + std::to_string(r.cas) +
               " f" + std::to_string(r.client_flags) + " t" + std::to_string(r.ttl_left_s) + " O" +
               std::to_string(r.opaque) + (r.has_opaque ? "!" : "?") + (r.has_cas ? "!" : "?") +
               " " + r.text + " " + std::string(as_text(r.value)) + "]";
    return out;
}

Parsed parse_classic(const std::vector<std::string_view>& chunks, Way way = Way::Copied) {
    return parse(chunks, way, 1000, 1, Dialect::Classic);
}

const std::vector<std::string>& classic_samples() {
    static const auto* const list = new std::vector<std::string>{
        "STORED\r\nNOT_STORED\r\nEXISTS\r\nNOT_FOUND\r\nDELETED\r\nTOUCHED\r\nEND\r\n",
        "VALUE k 4294967295 5 18446744073709551615\r\nhello\r\nEND\r\nSTORED\r\n",
        "VALUE k 0 0 1\r\n\r\nEND\r\n",
        "VALUE k 0 5 1\r\nEND\r\n\r\nEND\r\n",
        "VALUE k 0 1 1\r\nx\r\nVALUE l 0 1 1\r\ny\r\nEND\r\n",
        "VALUE k 0 1 1\r\nx\r\nSTORED\r\n",
        "VALUE k 0 1\r\nx\r\nEND\r\n",
        "VALUE k 0 1 1 1\r\nx\r\nEND\r\n",
        "VALUE k 0 1001 1\r\n",
        "VALUE k -1 1 1\r\n",
        "VALUE " + std::string(251, 'k') + " 0 1 1\r\n",
        "VALUE k\x01 0 1 1\r\n",
        "VERSION 1.4.15\r\nSTAT item_size_max 1048576\r\nEND\r\n",
        "ERROR\r\nSTORED\r\n",
        "ERROR Too many open connections\r\n",
        "CLIENT_ERROR bad data chunk\r\nSERVER_ERROR out of memory\r\n",
        "HD O1\r\n",
        "stored\r\n",
        "STORED \r\n",
        "STORED\n",
        "\r\n",
        "VALUE k 0 5 1\r\nhel",
        "VALUE k 0 1 1\r\nx\r\nEN",
        std::string(2000, 'x'),
    };
    return *list;
}

const std::vector<std::string>& samples() {
    static const auto* const list = new std::vector<std::string>{
        "HD c17 O3\r\n",
        "HD\r\n",
        "HD f4294967295 O1 \r\n",
        "VA 5 c18446744073709551615 f1 t-1 O2\r\nhello\r\n",
        "VA 0 c1 f0 t3 O2\r\n\r\n",
        "VA 4 c1 W Z X\r\n\r\n\r\n\r\n",
        "EN\r\nEN O5\r\nNS O6\r\nEX O7\r\nNF O8\r\nMN\r\n",
        "VERSION 1.6.18\r\nHD c1 O1\r\nVA 1 c2 O2\r\nx\r\n",
        "STAT item_size_max 1048576\r\nSTAT a b c\r\nEND\r\n",
        "SERVER_ERROR out of memory storing object\r\nHD O1\r\n",
        "SERVER_ERROR \x01\xff\r\n",
        "ERROR\r\n",
        "ERROR Too many open connections\r\n",
        "CLIENT_ERROR bad data chunk\r\n",
        "HD O1\n",
        "VA\r\n",
        "VA x c1\r\n",
        "VA -1 c1\r\n",
        "VA 1001 c1\r\n",
        "VA 99999999999999999999 c1\r\n",
        "VA 2 c1 O1\r\nabc\r\n",
        "VA 2 c1 O1\r\nab\n\r",
        "HD O1 O2\r\n",
        "HD c1 c2\r\n",
        "HD Ox\r\n",
        "HD O99999999999\r\n",
        "HD Q\r\n",
        "HD W1\r\n",
        "HD t-2\r\n",
        "END of it\r\n",
        "hd\r\n",
        "\r\n",
        std::string("HD\0\r\n", 5),
        "HD c1 O",
        "VA 5 c1 O1\r\nhel",
        std::string(2000, 'x'),
        "VERSION " + std::string(2000, '1') + "\r\n",
    };
    return *list;
}

template <class Parse>
void expect_the_same_for_every_chunking(const std::vector<std::string>& samples, Parse parse) {
    for (const std::string& sample : samples) {
        const std::string_view all = sample;
        const std::string expected = describe(parse({all}, Way::Copied));
        std::vector<std::string_view> bytes;
        for (std::size_t i = 0; i < all.size(); ++i) bytes.push_back(all.substr(i, 1));
        for (const Way way : {Way::Copied, Way::InPlace}) {
            EXPECT_EQ(describe(parse(bytes, way)), expected) << sample;
            if (all.size() > 200) continue;
            for (std::size_t a = 0; a <= all.size(); ++a)
                for (std::size_t b = a; b <= all.size(); ++b)
                    EXPECT_EQ(describe(parse(
                                  {all.substr(0, a), all.substr(a, b - a), all.substr(b)}, way)),
                              expected)
                        << sample << " cut at " << a << " and " << b;
        }
    }
}

using Chunks = std::vector<std::string_view>;

TEST(ReplyParser, GivesTheSameForEveryChunking) {
    expect_the_same_for_every_chunking(
        samples(), [](const Chunks& chunks, Way way) { return parse(chunks, way); });
}

TEST(ClassicReplies, GiveTheSameForEveryChunking) {
    expect_the_same_for_every_chunking(classic_samples(), [](const Chunks& chunks, Way way) {
        return parse_classic(chunks, way);
    });
}

TEST(ClassicReplies, AValueComesWithItsKeyFlagsAndCasAndEndsWithEnd) {
    const Parsed parsed = parse_classic({"VALUE sm:k.l 7 3 42\r\nabc\r\nEND\r\nEND\r\n"});
    ASSERT_EQ(parsed.replies.size(), 2u);
    const Reply& value = parsed.replies.front();
    EXPECT_EQ(value.code, ReplyCode::Value);
    EXPECT_EQ(value.text, "sm:k.l");
    EXPECT_EQ(value.client_flags, 7u);
    EXPECT_TRUE(value.has_cas);
    EXPECT_EQ(value.cas, 42u);
    EXPECT_EQ(as_text(value.value), "abc");
    EXPECT_EQ(parsed.replies.back().code, ReplyCode::End);
    EXPECT_TRUE(parsed.between);
}

TEST(ClassicReplies, AreWhatTheMetaDialectCallsThem) {
    const Parsed parsed = parse_classic(
        {"STORED\r\nDELETED\r\nTOUCHED\r\nNOT_STORED\r\nEXISTS\r\nNOT_FOUND\r\nERROR\r\n"
         "CLIENT_ERROR x\r\n"});
    std::vector<ReplyCode> codes;
    for (const Reply& reply : parsed.replies) codes.push_back(reply.code);
    EXPECT_EQ(codes, (std::vector{ReplyCode::Done, ReplyCode::Done, ReplyCode::Done,
                                  ReplyCode::NotStored, ReplyCode::Exists, ReplyCode::NotFound,
                                  ReplyCode::ServerError, ReplyCode::ServerError}));
}

TEST(ClassicReplies, OfAnotherDialectAreRefused) {
    for (const char* const text :
         {"HD O1\r\n", "VA 1 c1\r\n", "EN\r\n", "MN\r\n", "STORED \r\n", "STORED\n",
          "VALUE k 0 1\r\n", "VALUE k 0 1 1\r\nx\r\nVALUE l 0 1 1\r\n",
          "VALUE k 0 1 1\r\nx\r\nSTORED\r\n", "VALUE k 0 1001 1\r\n", "VALUE  0 1 1\r\n"})
        EXPECT_TRUE(parse_classic({text}).malformed) << text;
    EXPECT_TRUE(parse({"STORED\r\n"}).malformed);
    EXPECT_TRUE(parse({"VALUE k 0 1 1\r\n"}).malformed);
}

TEST(ReplyParser, OffersRoomOnlyForMuchOfAValue) {
    ReplyParser parser(1000, 10);
    Reply reply;
    EXPECT_TRUE(parser.room().empty());
    ByteView input = as_bytes("VA 10 c1 O1\r\n012");
    EXPECT_EQ(parser.next(input, reply), Step::NeedMore);
    EXPECT_TRUE(parser.room().empty()) << "9 bytes with the end of the line";
    parser.reset();
    input = as_bytes("VA 10 c1 O1\r\n01");
    EXPECT_EQ(parser.next(input, reply), Step::NeedMore);
    EXPECT_EQ(parser.room().size(), 10u);
    EXPECT_EQ(parser.room().size(), 10u) << "asking again changes nothing";
    ByteView rest = as_bytes("23456789\r\nHD O2\r\n");
    EXPECT_EQ(parser.next(rest, reply), Step::Complete) << "room need not be used";
    EXPECT_EQ(as_text(reply.value), "0123456789");
    EXPECT_TRUE(parser.room().empty());
}

TEST(ReplyParser, JoinsALargeValueThatComesInPiecesOfAnySize) {
    const std::string value(3'000'000, 'v');
    const std::string text = "VA 3000000 c1 O1\r\n" + value + "\r\nHD O2\r\n";
    for (const std::size_t piece : {30'000u, 131'072u, 999'999u, 4'000'000u}) {
        std::vector<std::string_view> chunks;
        for (std::string_view rest = text; !rest.empty();
             rest.remove_prefix(std::min(piece, rest.size())))
            chunks.push_back(rest.substr(0, piece));
        const Parsed parsed = parse(chunks, Way::InPlace, value.size(), ReplyParser::kRoomFrom);
        ASSERT_EQ(parsed.replies.size(), 2u) << piece;
        EXPECT_TRUE(as_text(parsed.replies[0].value) == value) << piece;
    }
}

TEST(ReplyParser, ReadsAValueWithItsFlags) {
    const Parsed parsed = parse({"VA 5 c18446744073709551615 f7 t-1 O2\r\nhello\r\n"});
    ASSERT_EQ(parsed.replies.size(), 1u);
    const Reply& reply = parsed.replies.front();
    EXPECT_EQ(reply.code, ReplyCode::Value);
    EXPECT_EQ(as_text(reply.value), "hello");
    EXPECT_TRUE(reply.has_cas);
    EXPECT_EQ(reply.cas, 18446744073709551615u);
    EXPECT_EQ(reply.client_flags, 7u);
    EXPECT_EQ(reply.ttl_left_s, -1);
    EXPECT_TRUE(reply.has_opaque);
    EXPECT_EQ(reply.opaque, 2u);
    EXPECT_TRUE(parsed.between);
}

TEST(ReplyParser, RefusesWhatIsNotTheProtocol) {
    const char* const bad[] = {"ERROR\r\n",
                               "CLIENT_ERROR x\r\n",
                               "HD O1\n",
                               "VA\r\n",
                               "VA x c1\r\n",
                               "VA -1 c1\r\n",
                               "VA 1001 c1\r\n",
                               "HD O1 O2\r\n",
                               "HD Ox\r\n",
                               "HD Q\r\n",
                               "HD t-2\r\n",
                               "END of it\r\n",
                               "hd\r\n",
                               "\r\n",
                               "VA 2 O1\r\nabc\r\n",
                               "VA 99999999999999999999 c1\r\n"};
    for (const char* const text : bad) EXPECT_TRUE(parse({text}).malformed) << text;
    EXPECT_TRUE(parse({std::string(1025, 'x')}).malformed);
}

TEST(ReplyParser, StaysMalformedUntilReset) {
    ReplyParser parser(10);
    Reply reply;
    ByteView bad = as_bytes("nonsense\r\n");
    EXPECT_EQ(parser.next(bad, reply), Step::Malformed);
    ByteView good = as_bytes("HD O1\r\n");
    EXPECT_EQ(parser.next(good, reply), Step::Malformed);
    parser.reset();
    EXPECT_EQ(parser.next(good, reply), Step::Complete);
}

TEST(ReplyParser, MakesTextsPrintable) {
    const Parsed parsed = parse({"SERVER_ERROR a\x01\x7f\xff\x1b[31m\r\n"});
    ASSERT_EQ(parsed.replies.size(), 1u);
    EXPECT_EQ(parsed.replies.front().text, "a????[31m");
}

TEST(ReplyParser, DoesNotReserveWhatALineOnlyAnnounces) {
    ReplyParser parser(1u << 30);
    Reply reply;
    ByteView input = as_bytes("VA 1000000000 c1 O1\r\nx");
    EXPECT_EQ(parser.next(input, reply), Step::NeedMore);
    EXPECT_TRUE(input.empty());
    EXPECT_FALSE(parser.is_between_replies());
    EXPECT_LE(parser.room().size(), 1u << 20);
}

}  // namespace
}  // namespace sessmirror::wire
