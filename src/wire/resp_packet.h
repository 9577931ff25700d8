// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "wire/command_buffer.h"

namespace sessmirror::wire {

// Commands of Redis' protocol (RESP 2). Every one is answered by exactly one reply.
class RespPacket final : public CommandBuffer {
  public:
    explicit RespPacket(std::uint32_t first) noexcept : CommandBuffer(first) {}

    // Begins a command; as many arguments as `arguments` says follow, its name among them.
    RespPacket& command(std::uint32_t arguments);
    RespPacket& add(std::string_view argument) { return add(as_bytes(argument), {}); }
    // One argument, made of `head` followed by `tail`.
    RespPacket& add(ByteView head, ByteView tail);
    RespPacket& add_number(std::uint64_t number);
};

}  // namespace sessmirror::wire
