// SPDX-License-Identifier: BSD-3-Clause
#include "wire/resp_packet.h"

#include <string>

namespace sessmirror::wire {

RespPacket& RespPacket::command(std::uint32_t arguments) {
    number(arguments, "*");
    text().append("\r\n");
    count_command();
    return *this;
}

RespPacket& RespPacket::add(ByteView head, ByteView tail) {
    number(head.size() + tail.size(), "$");
    text().append("\r\n");
    data(head);
    data(tail);
    text().append("\r\n");
    return *this;
}

RespPacket& RespPacket::add_number(std::uint64_t number) {
    return add(std::to_string(number));
}

}  // namespace sessmirror::wire
