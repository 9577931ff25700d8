// SPDX-License-Identifier: BSD-3-Clause
#include "wire/resp_parser.h"

#ifdef SESSMIRROR_WITH_REDIS

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/resp_packet.h"

namespace sessmirror::wire {
namespace {

using namespace std::string_view_literals;
using Step = RespParser::Step;

std::string show(const RespReply& reply) {
    switch (reply.type) {
        case RespType::Nil:
            return "nil";
        case RespType::Status:
            return "+" + reply.text;
        case RespType::Error:
            return "-" + reply.text;
        case RespType::Integer:
            return ":" + std::to_string(reply.integer);
        case RespType::Value:
            return "$" + std::string(as_text(reply.value));
        case RespType::Array: {
            std::string text = "[";
            for (const RespReply& element : reply.elements) text += show(element) + ",";
            return text + "]";
        }
        default:
            return "other";
    }
}

// What the parser makes of the stream when it comes in these pieces; "malformed" ends it.
std::vector<std::string> parse(RespParser& parser, const std::vector<std::string_view>& pieces) {
    std::vector<std::string> out;
    for (const std::string_view piece : pieces) {
        ByteView bytes = as_bytes(piece);
        for (;;) {
            RespReply reply;
            const Step step = parser.next(bytes, reply);
            if (step == Step::NeedMore) break;
            if (step == Step::Malformed) {
                out.emplace_back("malformed");
                return out;
            }
            out.push_back(show(reply));
        }
        EXPECT_TRUE(bytes.empty());
    }
    return out;
}

std::vector<std::string> parse_whole(RespParser& parser, std::string_view stream) {
    return parse(parser, {stream});
}

TEST(RespParser, UnderstandsTheSameRepliesHoweverTheyAreCut) {
    constexpr std::string_view kStream =
        "+OK\r\n-ERR no\r\n:-12\r\n$-1\r\n$0\r\n\r\n$7\r\na\r\n$b\r\n\r\n*-1\r\n"
        "*2\r\n$1\r\n0\r\n*2\r\n$2\r\nk1\r\n$-1\r\n:1\r\n";
    const std::vector<std::string> expected = {
        "+OK", "-ERR no", ":-12", "nil", "$", "$a\r\n$b\r\n", "nil", "[$0,[$k1,nil,],]", ":1"};
    for (std::size_t first = 0; first <= kStream.size(); ++first) {
        for (std::size_t second = first; second <= kStream.size(); ++second) {
            RespParser parser(100, 8);
            EXPECT_EQ(
                parse(parser, {kStream.substr(0, first), kStream.substr(first, second - first),
                               kStream.substr(second)}),
                expected)
                << first << ", " << second;
        }
    }
}

TEST(RespParser, SaysWhetherMoreIsAtHand) {
    RespParser parser(100);
    EXPECT_FALSE(parser.has_more());
    ByteView bytes = as_bytes(std::string_view("+A\r\n+B\r\n"));
    RespReply reply;
    EXPECT_EQ(parser.next(bytes, reply), Step::Complete);
    EXPECT_TRUE(parser.has_more());
    EXPECT_EQ(parser.next(bytes, reply), Step::Complete);
    EXPECT_FALSE(parser.has_more());
}

TEST(RespParser, MakesTextsPrintable) {
    RespParser parser(100);
    EXPECT_EQ(parse_whole(parser, "-a\x1b[1m\tb\r\n").front(), "-a?[1m?b");
}

TEST(RespParser, TakesAValueUpToItsLimitAndNoLongerOne) {
    RespParser parser(10);
    EXPECT_EQ(parse_whole(parser, "$10\r\n0123456789\r\n").front(), "$0123456789");
    EXPECT_EQ(parse_whole(parser, "$11\r\n0123456789a\r\n").front(), "malformed");
}

TEST(RespParser, DoesNotCollectAReplyForEver) {
    RespParser parser(10);
    const std::string line(4096, 'x');
    EXPECT_TRUE(parse_whole(parser, "+").empty());
    std::vector<std::string> out;
    for (int i = 0; i < 32 && out.empty(); ++i) out = parse_whole(parser, line);
    ASSERT_FALSE(out.empty());
    EXPECT_EQ(out.front(), "malformed");
}

TEST(RespParser, CountsTheElementsOfNestedArraysTogether) {
    RespParser parser(100, 4);
    EXPECT_EQ(parse_whole(parser, "*2\r\n*1\r\n:1\r\n*1\r\n:2\r\n").front(), "[[:1,],[:2,],]");
    EXPECT_EQ(parse_whole(parser, "*2\r\n*1\r\n:1\r\n*2\r\n").front(), "malformed");
}

TEST(RespParser, TakesNoLargeArrayWhereNoneIsExpected) {
    RespParser parser(100);
    EXPECT_EQ(parse_whole(parser, "*4\r\n").front(), "malformed");
}

TEST(RespParser, RefusesWhatIsNotTheProtocol) {
    for (const std::string_view stream : {"x", "HTTP/1.1 400\r\n", "$x\r\n", ":1x\r\n", "*x\r\n"}) {
        RespParser parser(100, 4);
        EXPECT_EQ(parse_whole(parser, stream).front(), "malformed") << stream;
    }
}

TEST(RespParser, StartsAnewAfterAReset) {
    RespParser parser(100);
    EXPECT_EQ(parse_whole(parser, "x").front(), "malformed");
    parser.reset();
    EXPECT_TRUE(parse_whole(parser, "$5\r\nab").empty());
    parser.reset();
    EXPECT_EQ(parse_whole(parser, ":7\r\n").front(), ":7");
}

std::string text_of(RespPacket& packet) {
    std::string text;
    for (const ByteView piece : packet.pieces()) text += as_text(piece);
    return text;
}

TEST(RespPacket, WritesEveryArgumentWithItsLength) {
    RespPacket packet(5);
    packet.command(3).add("SET").add("a\r\n\0b"sv).add_number(42);
    packet.command(1).add("");
    EXPECT_EQ(text_of(packet),
              "*3\r\n$3\r\nSET\r\n$5\r\na\r\n\0b\r\n$2\r\n42\r\n*1\r\n$0\r\n\r\n"sv);
    EXPECT_EQ(packet.commands(), 2u);
    EXPECT_EQ(packet.next(), 7u);
}

TEST(RespPacket, JoinsAHeadAndALargeTailWithoutCopyingIt) {
    const std::string head(40, 'h');
    const std::string tail(10'000, 't');
    RespPacket packet(0);
    packet.command(1).add(as_bytes(head), as_bytes(tail));
    EXPECT_EQ(text_of(packet), "*1\r\n$10040\r\n" + head + tail + "\r\n");
    const auto pieces = packet.pieces();
    ASSERT_EQ(pieces.size(), 3u);
    EXPECT_EQ(as_text(pieces[1]).data(), tail.data());
}

}  // namespace
}  // namespace sessmirror::wire

#endif  // SESSMIRROR_WITH_REDIS
