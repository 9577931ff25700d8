// SPDX-License-Identifier: BSD-3-Clause
#include "support/old_handler.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace sessmirror::test {

std::string OldHandler::page(const std::string& id, const std::string& code) const {
    std::vector<std::string> words = {"php", "-d", "session.use_strict_mode=0", "-d",
                                      "session.gc_probability=0"};
    for (const std::string& setting : settings_) words.insert(words.end(), {"-d", setting});
    words.insert(words.end(), {"-r", "session_id('" + id + "'); session_start(); " + code});
    std::array<int, 2> output{-1, -1};
    if (::pipe(output.data()) != 0) std::abort();
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(output[1], STDOUT_FILENO);
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::execvp("php", arguments.data());
        ::_exit(127);
    }
    ::close(output[1]);
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 1; size > 0;) {
        size = ::read(output[0], buffer.data(), buffer.size());
        if (size > 0) text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    ::close(output[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) {
        std::fprintf(stderr, "the page of the old handler failed: %s\n", text.c_str());
        std::abort();
    }
    return text;
}

}  // namespace sessmirror::test
