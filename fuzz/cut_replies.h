// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "wire/reply_parser.h"

// The reply parser on any bytes: in one piece, byte by byte, and where it has room for them it must
// say the same.
namespace sessmirror::fuzz {

inline constexpr std::size_t kMaxValue = 4096;

struct Parsed {
    std::vector<wire::Reply> replies;
    bool malformed = false;
};

enum class Way { Copied, InPlace };

inline void take(wire::ReplyParser& parser, ByteView input, Parsed& out) {
    do {
        wire::Reply reply;
        const auto step = parser.next(input, reply);
        if (step == wire::ReplyParser::Step::Complete) out.replies.push_back(std::move(reply));
        out.malformed = step == wire::ReplyParser::Step::Malformed;
    } while (!input.empty() && !out.malformed);
}

inline Parsed parse(wire::Dialect dialect, ByteView all, std::size_t chunk, Way way) {
    wire::ReplyParser parser(kMaxValue, 1);
    parser.speak(dialect);
    Parsed out;
    while (!all.empty() && !out.malformed) {
        const auto room = way == Way::InPlace ? parser.room() : std::span<std::byte>();
        const std::size_t most = room.empty() ? chunk : std::min(chunk, room.size());
        const ByteView input = all.first(std::min(most, all.size()));
        all = all.subspan(input.size());
        if (room.empty()) {
            take(parser, input, out);
        } else {
            std::copy(input.begin(), input.end(), room.begin());
            parser.filled(input.size());
            take(parser, {}, out);
        }
    }
    return out;
}

inline void require(bool condition) {
    if (!condition) std::abort();
}

inline void require_same(const Parsed& whole, const Parsed& cut) {
    require(whole.malformed == cut.malformed && whole.replies.size() == cut.replies.size());
    for (std::size_t i = 0; i < whole.replies.size(); ++i) {
        const wire::Reply& a = whole.replies[i];
        const wire::Reply& b = cut.replies[i];
        require(a.code == b.code && a.cas == b.cas && a.opaque == b.opaque && a.text == b.text);
        require(a.value == b.value && a.value.size() <= kMaxValue);
        for (const char c : a.text) require(c >= ' ' && c <= '~');
    }
}

inline void read_in_every_way(wire::Dialect dialect, const std::uint8_t* data, std::size_t size) {
    const ByteView input(reinterpret_cast<const std::byte*>(data), size);
    const Parsed whole = parse(dialect, input, size + 1, Way::Copied);
    require_same(whole, parse(dialect, input, 1, Way::Copied));
    require_same(whole, parse(dialect, input, 1, Way::InPlace));
    require_same(whole, parse(dialect, input, 7, Way::InPlace));
}

}  // namespace sessmirror::fuzz
