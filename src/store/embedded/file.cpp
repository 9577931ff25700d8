// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/file.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sessmirror::store {

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
    reset();
    fd_ = other.take();
    return *this;
}

int OwnedFd::take() noexcept {
    return std::exchange(fd_, -1);
}

void OwnedFd::reset() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

int lock_byte(int fd, std::uint64_t byte, ByteLock what) noexcept {
    constexpr short kTypes[] = {F_UNLCK, F_RDLCK, F_WRLCK};
    struct flock range {};
    range.l_type = kTypes[static_cast<int>(what)];
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(byte);
    range.l_len = 1;
    return ::fcntl(fd, F_OFD_SETLK, &range) == 0 ? 0 : errno;
}

bool is_deleted(int fd) noexcept {
    struct stat found {};
    return ::fstat(fd, &found) != 0 || found.st_nlink == 0;
}

const char* why_foreign(const struct stat& file) noexcept {
    if (S_ISLNK(file.st_mode)) return "it is a symbolic link";
    if (!S_ISREG(file.st_mode)) return "it is no regular file";
    if (file.st_uid != ::geteuid()) return "it belongs to another user";
    // Somebody may have linked another file of this user to this name.
    if (file.st_nlink > 1) return "it has a second name";
    return nullptr;
}

Error file_failure(const std::string& path, const char* what, int number) noexcept {
    const Errc code = number == ENOSPC || number == EDQUOT ? Errc::StoreError : Errc::BadConfig;
    return Error(code, "the embedded store cannot %s %.120s: %s", what, path.c_str(),
                 std::strerror(number))
        .with_errno(number);
}

Error file_refusal(const std::string& path, const char* why) noexcept {
    return Error(Errc::BadConfig, "the embedded store does not use %.100s: %s", path.c_str(), why);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
