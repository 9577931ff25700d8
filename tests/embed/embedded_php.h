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

// As a worker that serves many requests in one script does (FrankenPHP): PHP starts and ends once,
// only the server's part of it begins anew for each piece of code and its cookie. Gives the headers
// of each.
std::vector<std::string> web_requests_of_one_script(
    const std::vector<std::pair<std::string, std::string>>& code_and_cookie);

// The file of the script that the next pages come from; empty: one for each test.
void serve_script(const std::string& path);

// Bytes of the page that left the engine so far in this request.
std::size_t sent_bytes();

}  // namespace sessmirror::embed
