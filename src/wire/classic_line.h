// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/meta_reply.h"

namespace sessmirror::wire {

// Reads one reply line (without its line end) of memcached's classic protocol. Pure, and as strict
// as read_reply_line(). Returns false for anything else; `out` is then unspecified. `value_size` is
// set for ReplyCode::Value, 0 otherwise. What END means depends on the command, so it stays End.
bool read_classic_line(std::string_view line, Reply& out, std::size_t& value_size);

}  // namespace sessmirror::wire
