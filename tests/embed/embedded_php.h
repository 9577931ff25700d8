// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sessmirror::embed {

struct Response {
    std::string page;             // what the client got
    std::string log;              // what went to the error log
    std::string headers;          // those of a web request, one per line
    std::string handled_headers;  // those that the server's header handler was given
    bool is_bailout = false;      // the script ended by a fatal error
};

// One whole request: startup, `code` (without "<?php"), shutdown. The engine, with the extension in
// it, starts with the first request of the process. `ini` applies from the request's start, as a
// pool's php_admin_value does.
using IniValues = std::vector<std::pair<std::string, std::string>>;
Response request(const std::string& code, const IniValues& ini = {});

// The same for a page of a web server: it has headers, and with `cookie` the client sent one.
Response web_request(const std::string& code, const IniValues& ini = {},
                     const std::string& cookie = {});

// Bytes of the page that left the engine so far in this request.
std::size_t sent_bytes();

}  // namespace sessmirror::embed
