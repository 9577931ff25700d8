// SPDX-License-Identifier: BSD-3-Clause
#include "service/protected_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sessmirror::service {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }

  private:
    int fd_;
};

Error refuse(const std::string& path, const char* why) noexcept {
    return Error(Errc::BadConfig, "the file %.100s cannot be used: %s", path.c_str(), why);
}

Status check(const std::string& path, const struct stat& file) noexcept {
    if (!S_ISREG(file.st_mode)) return refuse(path, "it is no regular file");
    if (file.st_uid != 0 && file.st_uid != ::geteuid())
        return Error(Errc::BadConfig,
                     "the file %.100s cannot be used: its owner must be root or user %u, and is "
                     "user %u",
                     path.c_str(), static_cast<unsigned>(::geteuid()),
                     static_cast<unsigned>(file.st_uid));
    if ((file.st_mode & 0137) != 0)
        return Error(Errc::BadConfig,
                     "the file %.100s cannot be used: its mode must be 0600 or 0640, and is %04o",
                     path.c_str(), static_cast<unsigned>(file.st_mode & 07777));
    return kOk;
}

}  // namespace

Result<std::string> read_protected_file(const std::string& path) {
    if (path.empty() || path.front() != '/') return refuse(path, "its path must be absolute");
    // Not blocking: it may be a pipe.
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (fd.get() < 0) return refuse(path, std::strerror(errno));
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0) return refuse(path, std::strerror(errno));
    if (const auto ok = check(path, found); !ok) return ok.error();
    std::string text(kMaxProtectedFile + 1, '\0');
    std::size_t size = 0;
    for (;;) {
        const ssize_t count = ::read(fd.get(), text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refuse(path, std::strerror(errno));
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    if (size > kMaxProtectedFile) return refuse(path, "it has more than 65536 bytes");
    text.resize(size);
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    if (text.empty()) return refuse(path, "it is empty");
    if (text.find('\0') != std::string::npos) return refuse(path, "it contains a zero byte");
    return text;
}

}  // namespace sessmirror::service
