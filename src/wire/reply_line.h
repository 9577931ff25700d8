// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/meta_reply.h"

namespace sessmirror::wire {

// Reads one reply line (without its line end) of memcached's meta protocol, and of the three
// classic answers that are used: VERSION, STAT, END. Pure.
//
// Strict on purpose: whatever was not asked for is not guessed at, because a reply that is
// misunderstood could hand one visitor's data to another. Returns false for anything else; `out` is
// then unspecified. `value_size` is set for ReplyCode::Value, 0 otherwise.
bool read_reply_line(std::string_view line, Reply& out, std::size_t& value_size);

}  // namespace sessmirror::wire
