// SPDX-License-Identifier: BSD-3-Clause
#include "wire/reply_line.h"

#include <array>

#include "wire/printable.h"
#include "wire/words.h"

namespace sessmirror::wire {
namespace {

struct Word {
    std::string_view text;
    ReplyCode code;
};

// These may be followed by flags.
constexpr std::array kMetaWords = {
    Word{"HD", ReplyCode::Done},   Word{"VA", ReplyCode::Value},
    Word{"EN", ReplyCode::Miss},   Word{"NS", ReplyCode::NotStored},
    Word{"EX", ReplyCode::Exists}, Word{"NF", ReplyCode::NotFound},
    Word{"MN", ReplyCode::NoOp},
};

// These are followed by free text.
constexpr std::array kTextWords = {
    Word{"VERSION", ReplyCode::Version},
    Word{"STAT", ReplyCode::Stat},
    Word{"SERVER_ERROR", ReplyCode::ServerError},
};

bool read_flag(std::string_view flag, Reply& out) noexcept {
    const std::string_view argument = flag.substr(1);
    switch (flag.front()) {
        case 'O':
            if (out.has_opaque) return false;
            return out.has_opaque = read_number(argument, out.opaque);
        case 'c':
            if (out.has_cas) return false;
            return out.has_cas = read_number(argument, out.cas);
        case 'f':
            return read_number(argument, out.client_flags);
        case 't':
            return read_number(argument, out.ttl_left_s) && out.ttl_left_s >= -1;
        case 'W':  // "won", "stale" and "another one has won" accompany items that
        case 'X':  // somebody invalidated; the item is still the item
        case 'Z':
            return argument.empty();
        default:
            return false;
    }
}

bool read_flags(std::string_view rest, Reply& out) noexcept {
    while (!rest.empty()) {
        const std::string_view flag = take_word(rest);
        if (flag.empty()) continue;  // some releases leave a blank at the end or double it
        if (!read_flag(flag, out)) return false;
    }
    return true;
}

}  // namespace

bool read_reply_line(std::string_view line, Reply& out, std::size_t& value_size) {
    value_size = 0;
    std::string_view rest = line;
    const std::string_view word = take_word(rest);
    for (const Word& known : kMetaWords) {
        if (word != known.text) continue;
        out.code = known.code;
        if (known.code == ReplyCode::Value && !read_number(take_word(rest), value_size))
            return false;
        return read_flags(rest, out);
    }
    for (const Word& known : kTextWords) {
        if (word != known.text) continue;
        out.code = known.code;
        keep_printable(rest, out.text);
        return true;
    }
    // Without a reason it is the answer to an unknown command, which is never sent.
    if (word == "ERROR" && !rest.empty()) {
        out.code = ReplyCode::Refusal;
        keep_printable(rest, out.text);
        return true;
    }
    out.code = ReplyCode::End;
    return line == "END";
}

}  // namespace sessmirror::wire
