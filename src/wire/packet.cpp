// SPDX-License-Identifier: BSD-3-Clause
#include "wire/packet.h"

namespace sessmirror::wire {

void Packet::command(std::string_view word, std::string_view key) {
    text().append(word).push_back(' ');
    text().append(key);
}

void Packet::flag(char flag, std::uint64_t value) {
    const char before[] = {' ', flag};
    number(value, {before, sizeof before});
}

void Packet::opaque() {
    flag('O', opaque_of(next()));
    end_line();
}

void Packet::end_line() {
    count_command();
    text().append("\r\n");
}

void Packet::get(const MetaGet& get) {
    if (dialect_ == Dialect::Classic) return get_classic(get);
    command("mg", get.key);
    if (get.value) text().append(" v");
    if (get.cas) text().append(" c");
    if (get.client_flags) text().append(" f");
    if (get.ttl) text().append(" t");
    if (get.touch_s) flag('T', *get.touch_s);
    opaque();
}

void Packet::set(const MetaSet& set, ByteView head, ByteView tail) {
    const std::size_t size = head.size() + tail.size();
    dialect_ == Dialect::Classic ? set_classic(set, size) : set_meta(set, size);
    data(head);
    data(tail);
    text().append("\r\n");
}

void Packet::set_meta(const MetaSet& set, std::size_t size) {
    command("ms", set.key);
    number(size, " ");
    if (set.mode == SetMode::Add) text().append(" ME");
    if (set.mode == SetMode::Append) text().append(" MA");
    if (set.ttl_s) flag('T', *set.ttl_s);
    if (set.client_flags) flag('F', *set.client_flags);
    if (set.compare != 0) flag('C', set.compare);
    if (set.explicit_cas != 0) flag('E', set.explicit_cas);
    if (set.return_cas) text().append(" c");
    opaque();
}

void Packet::erase(const MetaDelete& erase) {
    if (dialect_ == Dialect::Classic) return erase_classic(erase);
    command("md", erase.key);
    if (erase.compare != 0) flag('C', erase.compare);
    opaque();
}

void Packet::no_op() {
    text().append(dialect_ == Dialect::Classic ? "version" : "mn");
    end_line();
}

void Packet::stats_settings() {
    text().append("stats settings");
    end_line();
}

// ---- classic

void Packet::get_classic(const MetaGet& get) {
    command(get.touch_s ? "touch" : "gets", get.key);
    if (get.touch_s) argument(*get.touch_s);
    end_line();
}

void Packet::set_classic(const MetaSet& set, std::size_t size) {
    const bool compares = set.compare != 0;
    const bool adds = set.mode == SetMode::Add;
    const bool appends = set.mode == SetMode::Append;
    command(compares ? "cas" : adds ? "add" : appends ? "append" : "set", set.key);
    argument(set.client_flags.value_or(0));
    argument(set.ttl_s.value_or(0));
    argument(size);
    if (compares) argument(set.compare);
    end_line();
}

void Packet::erase_classic(const MetaDelete& erase) {
    if (erase.compare == 0) {
        command("delete", erase.key);
        return end_line();
    }
    command("cas", erase.key);
    text().append(" 0 -1 0");
    argument(erase.compare);
    end_line();
    text().append("\r\n");
}

void Packet::argument(std::uint64_t value) {
    text().append(1, ' ');
    number(value);
}

}  // namespace sessmirror::wire
