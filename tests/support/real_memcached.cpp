// SPDX-License-Identifier: BSD-3-Clause
#include "support/real_memcached.h"

#include <unistd.h>

#include <utility>

namespace sessmirror::test {

RealMemcached::RealMemcached(std::vector<std::string> options, bool on_unix_socket)
    : RealServer("memcached", on_unix_socket), options_(std::move(options)) {
    start();
}

std::vector<std::string> RealMemcached::arguments() const {
    std::vector<std::string> words{"-m", "64", "-t", "1"};
    if (::geteuid() == 0) words.insert(words.end(), {"-u", "nobody"});
    if (spec_.transport == store::Transport::Unix)
        words.insert(words.end(), {"-s", spec_.host, "-a", "0777"});
    else
        words.insert(words.end(), {"-l", spec_.host, "-p", std::to_string(spec_.port)});
    words.insert(words.end(), options_.begin(), options_.end());
    return words;
}

bool RealMemcached::answers() const {
    return ask("version\r\n").starts_with("VERSION");
}

}  // namespace sessmirror::test
