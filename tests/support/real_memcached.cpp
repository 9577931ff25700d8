// SPDX-License-Identifier: BSD-3-Clause
#include "support/real_memcached.h"

#include <arpa/inet.h>
#include <netinet/in.h>
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
#include <utility>

#include "net/socket_address.h"
#include "support/fake_server.h"

namespace sessmirror::test {
namespace {

[[noreturn]] void give_up(const char* why) {
    std::fprintf(stderr, "memcached under test: %s\n", why);
    std::abort();
}

std::string make_directory() {
    char path[] = "/tmp/sessmirror-test-XXXXXX";
    if (::mkdtemp(path) == nullptr || ::chmod(path, 0777) != 0) give_up("no directory");
    return path;
}

}  // namespace

RealMemcached::RealMemcached(std::vector<std::string> options, bool on_unix_socket)
    : options_(std::move(options)) {
    if (on_unix_socket)
        directory_ = make_directory();
    else
        port_ = free_port();
    start();
}

RealMemcached::~RealMemcached() {
    kill();
    if (directory_.empty()) return;
    ::unlink(spec().host.c_str());
    ::rmdir(directory_.c_str());
}

store::StoreSpec RealMemcached::spec() const {
    store::StoreSpec out;
    out.transport = directory_.empty() ? store::Transport::Tcp : store::Transport::Unix;
    out.host = directory_.empty() ? "127.0.0.1" : directory_ + "/memcached.sock";
    out.port = port_;
    return out;
}

void RealMemcached::start() {
    std::vector<std::string> words{"memcached", "-m", "64", "-t", "1"};
    if (::geteuid() == 0) words.insert(words.end(), {"-u", "nobody"});
    if (directory_.empty())
        words.insert(words.end(), {"-l", "127.0.0.1", "-p", std::to_string(port_)});
    else
        words.insert(words.end(), {"-s", spec().host, "-a", "0777"});
    words.insert(words.end(), options_.begin(), options_.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    pid_ = ::fork();
    if (pid_ < 0) give_up("cannot fork");
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::execvp("memcached", arguments.data());
        ::_exit(127);
    }
    const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!ask("version\r\n").starts_with("VERSION")) {
        if (std::chrono::steady_clock::now() > give_up_at) give_up("does not answer");
        if (::waitpid(pid_, nullptr, WNOHANG) != 0) give_up("ended");
        ::poll(nullptr, 0, 2);
    }
}

void RealMemcached::kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void RealMemcached::stop() {
    ::kill(pid_, SIGSTOP);
    int status = 0;
    ::waitpid(pid_, &status, WUNTRACED);
}

void RealMemcached::resume() {
    ::kill(pid_, SIGCONT);
}

int RealMemcached::connect() const {
    const store::StoreSpec at = spec();
    const auto address = at.transport == store::Transport::Unix
                             ? net::to_socket_address(at.host)
                             : net::to_socket_address(*net::parse_ip(at.host), at.port);
    const int fd = ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, address->get(), address->size) == 0) return fd;
    ::close(fd);
    return -1;
}

std::string RealMemcached::ask(std::string_view commands, std::string_view until) const {
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
