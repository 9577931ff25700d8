// SPDX-License-Identifier: BSD-3-Clause
#include "pool/process_identity.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <limits>
#include <optional>
#include <string_view>

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

std::optional<ProcStat> read_stat(std::uint32_t pid) noexcept {
    std::array<char, 32> path{};
    std::snprintf(path.data(), path.size(), "/proc/%u/stat", pid);
    const int fd = open(path.data(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    std::array<char, 1024> buffer{};  // 52 numbers and a name of 64 bytes at most
    const ssize_t size = read(fd, buffer.data(), buffer.size());
    close(fd);
    if (size <= 0) return std::nullopt;
    return parse_stat({buffer.data(), static_cast<std::size_t>(size)});
}

}  // namespace

ProcessIdentity this_process() noexcept {
    ProcessIdentity self;
    self.pid = static_cast<std::uint32_t>(getpid());
    if (const auto stat = read_stat(self.pid)) self.start = stat->start;
    return self;
}

bool is_gone(const ProcessIdentity& process) noexcept {
    // 0 and what is negative as pid_t would mean process groups.
    if (process.pid == 0 || process.pid > std::numeric_limits<std::int32_t>::max()) return false;
    if (kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH) return true;
    const auto stat = read_stat(process.pid);
    if (!stat) return false;
    if (stat->state == 'Z' || stat->state == 'X') return true;
    return process.start != 0 && stat->start != process.start;
}

}  // namespace sessmirror::pool
