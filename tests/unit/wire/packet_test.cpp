// SPDX-License-Identifier: BSD-3-Clause
#include "wire/packet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace sessmirror::wire {
namespace {

std::string text_of(Packet& packet) {
    std::string out;
    for (const ByteView piece : packet.pieces()) out += as_text(piece);
    return out;
}

TEST(Packet, NumbersItsCommandsByOpaques) {
    Packet packet(7);
    packet.get({.key = "k", .value = true, .cas = true, .client_flags = true, .ttl = true});
    packet.erase({"k.l", 12});
    packet.get({.key = "k", .client_flags = true, .touch_s = 60});
    EXPECT_EQ(text_of(packet), "mg k v c f t O7\r\nmd k.l C12 O8\r\nmg k f T60 O9\r\n");
    EXPECT_EQ(packet.commands(), 3u);
}

TEST(Packet, WritesEverySetFlagThatIsAskedFor) {
    Packet packet(1);
    packet.set({.key = "k",
                .mode = SetMode::Add,
                .ttl_s = 30,
                .client_flags = 5u,
                .explicit_cas = 9,
                .return_cas = true},
               as_bytes("abc"));
    packet.set({.key = "k", .compare = 4}, as_bytes(""));
    packet.set({.key = "k", .mode = SetMode::Append}, as_bytes("|x"));
    EXPECT_EQ(text_of(packet),
              "ms k 3 ME T30 F5 E9 c O1\r\nabc\r\nms k 0 C4 O2\r\n\r\nms k 2 MA O3\r\n|x\r\n");
}

TEST(Packet, ReferencesLargeValuesInsteadOfCopyingThem) {
    const std::string large(100000, 'v');
    Packet packet(1);
    packet.set({.key = "k"}, as_bytes(large));
    packet.erase({.key = "k.l"});
    const auto pieces = packet.pieces();
    ASSERT_EQ(pieces.size(), 3u);
    EXPECT_EQ(pieces[1].data(), as_bytes(large).data());
    EXPECT_EQ(as_text(pieces[0]), "ms k 100000 O1\r\n");
    EXPECT_EQ(as_text(pieces[2]), "\r\nmd k.l O2\r\n");
}

TEST(Packet, RefersToNothingOnceItKeepsItsValues) {
    Packet packet(1);
    std::string first(1000, 'a');
    std::string second(2000, 'b');
    packet.set({.key = "k"}, as_bytes(first), as_bytes(second));
    packet.set({.key = "l"}, as_bytes(second));
    packet.keep();
    const std::string expected =
        "ms k 3000 O1\r\n" + first + second + "\r\nms l 2000 O2\r\n" + second + "\r\n";
    std::fill(first.begin(), first.end(), 'x');
    std::fill(second.begin(), second.end(), 'x');
    EXPECT_EQ(text_of(packet), expected);
    EXPECT_EQ(packet.pieces().size(), 1u);
}

TEST(Packet, GoesOnNumberingWhenItIsUsedAgain) {
    Packet packet(7);
    packet.get({.key = "k"});
    packet.set({.key = "k"}, as_bytes(std::string(100000, 'v')));
    packet.clear();
    EXPECT_EQ(packet.commands(), 0u);
    packet.erase({.key = "k"});
    EXPECT_EQ(text_of(packet), "md k O9\r\n");
}

TEST(Packet, HasShortOpaquesHoweverLongAConnectionLasts) {
    Packet packet(123'999);
    packet.get({.key = "k"});
    packet.get({.key = "k"});
    EXPECT_EQ(text_of(packet), "mg k O999\r\nmg k O0\r\n");
    EXPECT_EQ(packet.next(), 124'001u);
}

TEST(Packet, CountsCommandsWithoutOpaque) {
    Packet packet(1);
    packet.no_op();
    packet.stats_settings();
    EXPECT_EQ(text_of(packet), "mn\r\nstats settings\r\n");
    EXPECT_EQ(packet.commands(), 2u);
}

TEST(Packet, SaysTheSameInTheClassicDialect) {
    Packet packet(1, Dialect::Classic);
    packet.get({.key = "k", .value = true, .cas = true});
    packet.get({.key = "k", .client_flags = true, .touch_s = 60});
    packet.set({.key = "k", .mode = SetMode::Add, .ttl_s = 30, .client_flags = 5u},
               as_bytes("abc"));
    packet.set({.key = "k", .ttl_s = 30, .compare = 4, .return_cas = true}, as_bytes("ab"),
               as_bytes("c"));
    packet.set({.key = "k.l.w", .mode = SetMode::Append}, as_bytes("|x"));
    packet.set({.key = "k.c", .ttl_s = 9}, as_bytes(""));
    packet.erase({.key = "k.1"});
    packet.no_op();
    packet.stats_settings();
    EXPECT_EQ(text_of(packet),
              "gets k\r\ntouch k 60\r\nadd k 5 30 3\r\nabc\r\ncas k 0 30 3 4\r\nabc\r\n"
              "append k.l.w 0 0 2\r\n|x\r\nset k.c 0 9 0\r\n\r\ndelete k.1\r\nversion\r\n"
              "stats settings\r\n");
    EXPECT_EQ(packet.commands(), 9u);
}

// Nothing but `cas` compares there, and what has expired is gone.
TEST(Packet, DeletesByCompareAndSetInTheClassicDialect) {
    Packet packet(1, Dialect::Classic);
    packet.erase({"k.l", 12});
    EXPECT_EQ(text_of(packet), "cas k.l 0 -1 0 12\r\n\r\n");
    EXPECT_EQ(packet.commands(), 1u);
}

}  // namespace
}  // namespace sessmirror::wire
