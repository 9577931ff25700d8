// SPDX-License-Identifier: BSD-3-Clause
#include "wire/packet.h"

namespace sessmirror::wire {

void Packet::command(std::string_view word, std::string_view key) {
    text().append(word).append(1, ' ').append(key);
}

void Packet::flag(char flag, std::uint64_t value) {
    text().append(1, ' ').append(1, flag);
    number(value);
}

void Packet::opaque() {
    flag('O', opaque_of(next()));
    count_command();
    text().append("\r\n");
}

void Packet::get(const MetaGet& get) {
    command("mg", get.key);
    if (get.value) text().append(" v");
    if (get.cas) text().append(" c");
    if (get.client_flags) text().append(" f");
    if (get.ttl) text().append(" t");
    if (get.touch_s) flag('T', *get.touch_s);
    opaque();
}

void Packet::set(const MetaSet& set, ByteView head, ByteView tail) {
    command("ms", set.key);
    text().append(1, ' ');
    number(head.size() + tail.size());
    if (set.mode == SetMode::Add) text().append(" ME");
    if (set.mode == SetMode::Append) text().append(" MA");
    if (set.ttl_s) flag('T', *set.ttl_s);
    if (set.client_flags) flag('F', *set.client_flags);
    if (set.compare != 0) flag('C', set.compare);
    if (set.explicit_cas != 0) flag('E', set.explicit_cas);
    if (set.return_cas) text().append(" c");
    opaque();
    data(head);
    data(tail);
    text().append("\r\n");
}

void Packet::erase(const MetaDelete& erase) {
    command("md", erase.key);
    if (erase.compare != 0) flag('C', erase.compare);
    opaque();
}

void Packet::no_op() {
    text().append("mn\r\n");
    count_command();
}

void Packet::version() {
    text().append("version\r\n");
    count_command();
}

void Packet::stats_settings() {
    text().append("stats settings\r\n");
    count_command();
}

}  // namespace sessmirror::wire
