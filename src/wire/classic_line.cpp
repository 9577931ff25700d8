// SPDX-License-Identifier: BSD-3-Clause
#include "wire/classic_line.h"

#include <algorithm>
#include <array>

#include "wire/printable.h"
#include "wire/words.h"

namespace sessmirror::wire {
namespace {

constexpr std::size_t kMaxKey = 250;

struct Line {
    std::string_view text;
    ReplyCode code;
};

// Whole lines.
constexpr std::array kLines = {
    Line{"STORED", ReplyCode::Done},   Line{"DELETED", ReplyCode::Done},
    Line{"TOUCHED", ReplyCode::Done},  Line{"NOT_STORED", ReplyCode::NotStored},
    Line{"EXISTS", ReplyCode::Exists}, Line{"NOT_FOUND", ReplyCode::NotFound},
    Line{"END", ReplyCode::End},
};

// What these begin is free text.
constexpr std::array kTexts = {
    Line{"VERSION", ReplyCode::Version},
    Line{"STAT", ReplyCode::Stat},
    Line{"SERVER_ERROR", ReplyCode::ServerError},
    Line{"CLIENT_ERROR", ReplyCode::ServerError},
};

bool is_key(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kMaxKey &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// "<key> <flags> <bytes> <cas>"; the answer to `gets` has all of them.
bool read_value(std::string_view rest, Reply& out, std::size_t& value_size) {
    const std::string_view key = take_word(rest);
    if (!is_key(key)) return false;
    out.code = ReplyCode::Value;
    out.text = key;
    out.has_cas = true;
    return read_number(take_word(rest), out.client_flags) &&
           read_number(take_word(rest), value_size) && read_number(rest, out.cas);
}

// Without a reason it is the answer to a command that the server does not know. With one it is how
// a store turns a connection away.
bool read_error(std::string_view reason, Reply& out) {
    out.code = reason.empty() ? ReplyCode::ServerError : ReplyCode::Refusal;
    keep_printable(reason.empty() ? "it does not know the command" : reason, out.text);
    return true;
}

}  // namespace

bool read_classic_line(std::string_view line, Reply& out, std::size_t& value_size) {
    value_size = 0;
    for (const Line& known : kLines) {
        if (line != known.text) continue;
        out.code = known.code;
        return true;
    }
    std::string_view rest = line;
    const std::string_view word = take_word(rest);
    if (word == "VALUE") return read_value(rest, out, value_size);
    if (word == "ERROR") return read_error(rest, out);
    for (const Line& known : kTexts) {
        if (word != known.text) continue;
        out.code = known.code;
        keep_printable(rest, out.text);
        return true;
    }
    return false;
}

}  // namespace sessmirror::wire
