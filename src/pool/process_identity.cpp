// SPDX-License-Identifier: BSD-3-Clause
#include "pool/process_identity.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <limits>
#include <optional>
#include <string_view>

#include "base/hash.h"

namespace sessmirror::pool {
namespace {

struct ProcStat {
    char state = '?';
    std::uint64_t start = 0;
};

constexpr int kStateField = 3;
constexpr int kStartField = 22;

// The second field, the program's name, is in parentheses and may contain blanks and parentheses.
std::optional<ProcStat> parse_stat(std::string_view text) noexcept {
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string_view::npos || name_end + 2 >= text.size()) return std::nullopt;
    text.remove_prefix(name_end + 2);
    ProcStat out;
    out.state = text.front();
    for (int field = kStateField; field < kStartField; ++field) {
        const std::size_t blank = text.find(' ');
        if (blank == std::string_view::npos) return std::nullopt;
        text.remove_prefix(blank + 1);
    }
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out.start);
    if (parsed.ec != std::errc()) return std::nullopt;
    return out;
}

// What fits of a file of /proc, which is read whole by the first call.
template <std::size_t N>
std::string_view read_file(const char* path, std::array<char, N>& buffer) noexcept {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    const ssize_t size = read(fd, buffer.data(), buffer.size());
    close(fd);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

template <std::size_t N>
std::string_view read_link(const char* path, std::array<char, N>& buffer) noexcept {
    const ssize_t size = readlink(path, buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::optional<ProcStat> read_stat(const char* path) noexcept {
    std::array<char, 1024> buffer{};  // 52 numbers and a name of 64 bytes at most
    return parse_stat(read_file(path, buffer));
}

// False in a child that went to a namespace of its own without mounting a /proc for it: the numbers
// there are others'.
bool proc_counts_as_we_do() noexcept {
    std::array<char, 16> buffer{};
    const std::string_view text = read_link("/proc/self", buffer);
    pid_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number == getpid();
}

}  // namespace

ProcessIdentity this_process() noexcept {
    ProcessIdentity self;
    self.pid = static_cast<std::uint32_t>(getpid());
    if (const auto stat = read_stat("/proc/self/stat")) self.start = stat->start;
    return self;
}

// The name of the host tells apart machines that were copied while they ran.
std::uint64_t process_space() noexcept {
    std::array<char, 64> buffer{};
    const std::string_view boot = read_file("/proc/sys/kernel/random/boot_id", buffer);
    if (boot.empty()) return 0;
    std::uint64_t space = hash64(boot);
    const std::string_view numbers = read_link("/proc/self/ns/pid", buffer);
    if (numbers.empty()) return 0;
    space = hash64(numbers, space);
    space = hash64(read_link("/proc/self/ns/time", buffer), space);  // none before Linux 5.6
    utsname host{};
    if (uname(&host) == 0) space = hash64(host.nodename, space);
    return std::max<std::uint64_t>(space, 1);
}

bool is_gone(const ProcessIdentity& process) noexcept {
    // 0 and what is negative as pid_t would mean process groups.
    if (process.pid == 0 || process.pid > std::numeric_limits<std::int32_t>::max()) return false;
    if (kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH) return true;
    if (!proc_counts_as_we_do()) return false;
    std::array<char, 32> path{};
    std::snprintf(path.data(), path.size(), "/proc/%u/stat", process.pid);
    const auto stat = read_stat(path.data());
    if (!stat) return false;
    if (stat->state == 'Z' || stat->state == 'X') return true;
    return process.start != 0 && stat->start != process.start;
}

}  // namespace sessmirror::pool
