// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "support/fake_server.h"

namespace sessmirror::test {

// A script for FakeServer: a memcached that takes everything and has nothing. `list` is called when
// it is asked for its keys.
template <class List>
FakeServer::Script amnesiac_store(List list) {
    return [list](FakePeer& peer, int) {
        for (std::string line = peer.read_command(); !line.empty(); line = peer.read_command()) {
            const std::string word = line.substr(0, line.find(' '));
            if (word == "version") peer.send("VERSION 1.6.18\r\n");
            if (word == "mg") peer.send("EN\r\n");
            if (word == "ms") peer.send("HD c1" + opaque_of(line) + "\r\n");
            if (word == "md") peer.send("HD" + opaque_of(line) + "\r\n");
            if (word == "mn") peer.send("MN\r\n");
            if (word == "stats") peer.send("STAT pid 1\r\nSTAT time 2\r\nSTAT uptime 1\r\nEND\r\n");
            if (word == "lru_crawler") list(peer);
        }
    };
}

}  // namespace sessmirror::test
