// SPDX-License-Identifier: BSD-3-Clause
// The reply parser on any bytes: in one piece and byte by byte it must say the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "wire/reply_parser.h"

using namespace sessmirror;

namespace {

constexpr std::size_t kMaxValue = 4096;

struct Parsed {
    std::vector<wire::Reply> replies;
    bool malformed = false;
};

Parsed parse(ByteView all, std::size_t chunk) {
    wire::ReplyParser parser(kMaxValue);
    Parsed out;
    while (!all.empty() && !out.malformed) {
        ByteView input = all.first(chunk < all.size() ? chunk : all.size());
        all = all.subspan(input.size());
        while (!input.empty() && !out.malformed) {
            wire::Reply reply;
            const auto step = parser.next(input, reply);
            if (step == wire::ReplyParser::Step::Complete) out.replies.push_back(std::move(reply));
            out.malformed = step == wire::ReplyParser::Step::Malformed;
        }
    }
    return out;
}

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(reinterpret_cast<const std::byte*>(data), size);
    const Parsed whole = parse(input, size + 1);
    const Parsed cut = parse(input, 1);
    require(whole.malformed == cut.malformed && whole.replies.size() == cut.replies.size());
    for (std::size_t i = 0; i < whole.replies.size(); ++i) {
        const wire::Reply& a = whole.replies[i];
        const wire::Reply& b = cut.replies[i];
        require(a.code == b.code && a.cas == b.cas && a.opaque == b.opaque && a.text == b.text);
        require(a.value == b.value && a.value.size() <= kMaxValue);
        for (const char c : a.text) require(c >= ' ' && c <= '~');
    }
    return 0;
}
