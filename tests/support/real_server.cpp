// SPDX-License-Identifier: BSD-3-Clause
#include "support/real_server.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "net/socket_address.h"
#include "support/fake_server.h"

namespace sessmirror::test {

RealServer::RealServer(const char* program, bool on_unix_socket) : program_(program) {
    if (on_unix_socket) {
        char path[] = "/tmp/sessmirror-test-XXXXXX";
        if (::mkdtemp(path) == nullptr || ::chmod(path, 0777) != 0) give_up("no directory");
        directory_ = path;
        spec_.transport = store::Transport::Unix;
        spec_.host = directory_ + "/" + program + ".sock";
    } else {
        spec_.host = "127.0.0.1";
        spec_.port = free_port();
    }
}

RealServer::~RealServer() {
    kill();
    if (directory_.empty()) return;
    ::unlink(spec_.host.c_str());
    ::rmdir(directory_.c_str());
}

void RealServer::give_up(const char* why) const {
    std::fprintf(stderr, "%s under test: %s\n", program_, why);
    std::abort();
}

void RealServer::start() {
    std::vector<std::string> words = arguments();
    words.insert(words.begin(), program_);
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);

    pid_ = ::fork();
    if (pid_ < 0) give_up("cannot fork");
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::execvp(program_, pointers.data());
        ::_exit(127);
    }
    const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!answers()) {
        if (std::chrono::steady_clock::now() > give_up_at) give_up("does not answer");
        if (::waitpid(pid_, nullptr, WNOHANG) != 0) give_up("ended");
        ::poll(nullptr, 0, 2);
    }
}

void RealServer::kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void RealServer::stop() {
    ::kill(pid_, SIGSTOP);
    int status = 0;
    ::waitpid(pid_, &status, WUNTRACED);
}

void RealServer::resume() {
    ::kill(pid_, SIGCONT);
}

int RealServer::connect() const {
    const auto address = spec_.transport == store::Transport::Unix
                             ? net::to_socket_address(spec_.host)
                             : net::to_socket_address(*net::parse_ip(spec_.host), spec_.port);
    const int fd = ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, address->get(), address->size) == 0) return fd;
    ::close(fd);
    return -1;
}

std::string RealServer::ask(std::string_view commands, std::string_view until) const {
    std::string out;
    const int fd = connect();
    if (fd < 0) return out;
    if (::send(fd, commands.data(), commands.size(), MSG_NOSIGNAL) > 0) {
        char buffer[65536];
        pollfd wanted{fd, POLLIN, 0};
        while (!out.ends_with(until) && ::poll(&wanted, 1, 5000) == 1) {
            const ssize_t size = ::recv(fd, buffer, sizeof buffer, 0);
            if (size <= 0) break;
            out.append(buffer, static_cast<std::size_t>(size));
        }
    }
    ::close(fd);
    return out;
}

}  // namespace sessmirror::test
