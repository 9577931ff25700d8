// SPDX-License-Identifier: BSD-3-Clause
#include "support/classic_relay.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace sessmirror::test {
namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

ClassicRelay::ClassicRelay(const RealMemcached& server, std::string version)
    : real_(server),
      version_(std::move(version)),
      server_([this](FakePeer& peer, int) { serve(peer); }) {}

store::StoreSpec ClassicRelay::spec() const {
    store::StoreSpec spec = real_.spec();
    spec.transport = store::Transport::Tcp;
    spec.host = "127.0.0.1";
    spec.port = server_.port();
    return spec;
}

std::vector<std::string> ClassicRelay::unknown() const {
    const std::lock_guard lock(mutex_);
    return unknown_;
}

void ClassicRelay::forbid(std::string word) {
    const std::lock_guard lock(mutex_);
    forbidden_.push_back(std::move(word));
}

bool ClassicRelay::is_forbidden(const std::string& word) const {
    const std::lock_guard lock(mutex_);
    return std::find(forbidden_.begin(), forbidden_.end(), word) != forbidden_.end();
}

void ClassicRelay::serve(FakePeer& peer) {
    for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line())
        if (!peer.send(answer(peer, line))) return;
}

std::string ClassicRelay::answer(FakePeer& peer, const std::string& line) {
    const auto words = words_of(line);
    const std::string word = words.empty() ? "" : words.front();
    if (word == "version") return "VERSION " + version_ + "\r\n";
    if (is_forbidden(word)) return "ERROR\r\n";
    if (is_one_of(word, {"gets", "stats"})) {
        const std::string end = "MN\r\n";  // a value may hold END
        const std::string all = real_.ask(line + "\r\nmn\r\n", end);
        return all.substr(0, all.size() - std::min(all.size(), end.size()));
    }
    if (is_one_of(word, {"touch", "delete"})) return real_.ask(line + "\r\n");
    if (is_one_of(word, {"set", "add", "append", "cas"}) && words.size() >= 5)
        return real_.ask(line + "\r\n" + peer.read_bytes(std::stoul(words[4]) + 2));
    const std::lock_guard lock(mutex_);
    unknown_.push_back(word);
    return "ERROR\r\n";
}

}  // namespace sessmirror::test
