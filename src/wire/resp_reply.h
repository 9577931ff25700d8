// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace sessmirror::wire {

enum class RespType : std::uint8_t { Other, Nil, Status, Error, Integer, Value, Array };

// One reply of Redis' protocol (RESP 2).
struct RespReply {
    RespType type = RespType::Other;
    std::int64_t integer = 0;         // of Integer
    std::string text;                 // of Status and Error, made printable
    Bytes value;                      // of Value
    std::vector<RespReply> elements;  // of Array
};

}  // namespace sessmirror::wire
