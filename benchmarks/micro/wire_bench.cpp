// SPDX-License-Identifier: BSD-3-Clause
// What the protocol costs per packet: the commands of a locked read, and the replies to them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "micro/iterations.h"
#include "wire/packet.h"
#include "wire/reply_parser.h"

namespace {

using sessmirror::as_bytes;
using sessmirror::ByteView;
using sessmirror::bench::as_asked;
using sessmirror::wire::Packet;
using sessmirror::wire::Reply;
using sessmirror::wire::ReplyCode;
using sessmirror::wire::ReplyParser;
using sessmirror::wire::SetMode;

constexpr const char* kKey = "sm:0123456789abcdefghijklmnopqrstuv";
constexpr const char* kLockKey = "sm:0123456789abcdefghijklmnopqrstuv.l";
constexpr const char* kOwner = "host:12345:0123456789abcdef";

void put_locked_read(Packet& packet) {
    packet.clear();
    packet.set({.key = kLockKey,
                .mode = SetMode::Add,
                .ttl_s = 30,
                .client_flags = {},
                .return_cas = true},
               as_bytes(kOwner));
    packet.get({.key = kKey,
                .value = true,
                .cas = true,
                .client_flags = true,
                .ttl = true,
                .touch_s = {}});
}

std::size_t size_of(std::span<const ByteView> pieces) {
    std::size_t size = 0;
    for (const ByteView piece : pieces) size += piece.size();
    return size;
}

void encode_locked_read(benchmark::State& state) {
    Packet packet(1);
    put_locked_read(packet);
    if (packet.commands() != 2 || size_of(packet.pieces()) < 120)
        return state.SkipWithError("not two commands");
    for (auto _ : state) {
        put_locked_read(packet);
        benchmark::DoNotOptimize(packet.pieces().data());
    }
}
BENCHMARK(encode_locked_read)->Apply(as_asked);

std::string replies_with(std::size_t payload) {
    const std::string value(payload, 'x');
    return "HD c4711 O1\r\nVA " + std::to_string(payload) + " c4712 f1234567 t1440 O2\r\n" + value +
           "\r\n";
}

// Feeds the stream in pieces of `piece` bytes, as a socket would; gives the replies.
std::vector<Reply> parse(const std::string& stream, std::size_t piece) {
    ReplyParser parser(1 << 20);
    std::vector<Reply> replies;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        ByteView input = as_bytes(stream).subspan(at, std::min(piece, stream.size() - at));
        Reply reply;
        while (parser.next(input, reply) == ReplyParser::Step::Complete)
            replies.push_back(std::move(reply));
    }
    return replies;
}

void parse_replies(benchmark::State& state) {
    const auto payload = static_cast<std::size_t>(state.range(0));
    const std::string stream = replies_with(payload);
    constexpr std::size_t kRead = 65536;
    const std::vector<Reply> replies = parse(stream, kRead);
    if (replies.size() != 2 || replies[0].code != ReplyCode::Done || replies[0].cas != 4711 ||
        replies[1].value.size() != payload || replies[1].ttl_left_s != 1440)
        return state.SkipWithError("not the replies that were sent");
    for (auto _ : state) benchmark::DoNotOptimize(parse(stream, kRead));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}
BENCHMARK(parse_replies)->Apply(as_asked)->Arg(1000)->Arg(10'000)->Arg(100'000);

}  // namespace
