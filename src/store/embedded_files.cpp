// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded_files.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace sessmirror::store {
namespace {

// For LMDB's table of readers, 64 bytes each, and its head. Reserved, because it is mapped.
constexpr off_t kReaderTable = 4096 * 64 + 4096;
constexpr int kOpeningPatienceMs = 1000;

constexpr long kTmpfs = 0x01021994;
constexpr long kExt = 0xEF53;
constexpr long kXfs = 0x58465342;
constexpr long kNfs = 0x6969;
constexpr long kSmb = 0xFE534D42;
constexpr long kCifs = 0xFF534D42;

Error failure(const std::string& path, const char* what, int number) noexcept {
    const Errc code = number == ENOSPC || number == EDQUOT ? Errc::StoreError : Errc::BadConfig;
    return Error(code, "the embedded store cannot %s %.120s: %s", what, path.c_str(),
                 std::strerror(number))
        .with_errno(number);
}

Error refusal(const std::string& path, const char* why) noexcept {
    return Error(Errc::BadConfig, "the embedded store does not use %.120s: %s", path.c_str(), why);
}

Status check_is_ours(const std::string& path, const struct stat& file) noexcept {
    if (!S_ISREG(file.st_mode)) return refusal(path, "it is no regular file");
    if (file.st_uid != ::geteuid()) return refusal(path, "it belongs to another user");
    if ((file.st_mode & 077) != 0) return refusal(path, "other users may open it");
    return kOk;
}

Status check_directory(const std::string& path) noexcept {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return failure(path, "use", errno);
    if (!S_ISDIR(found.st_mode)) return refusal(path, "it is no directory");
    if ((found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0)
        return refusal(path, "everybody may replace files there; make it sticky (chmod +t)");
    return kOk;
}

constexpr int kNewFile = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
constexpr int kKnownFile = O_RDWR | O_NOFOLLOW | O_CLOEXEC;

Result<OwnedFd> open_locks(const std::string& path) noexcept {
    OwnedFd fd(::open(path.c_str(), kNewFile, 0600));
    if (fd.get() < 0 && errno == EEXIST) fd = OwnedFd(::open(path.c_str(), kKnownFile));
    if (fd.get() < 0 && errno == ELOOP) return refusal(path, "it is a symbolic link");
    if (fd.get() < 0) return failure(path, "open", errno);
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0) return failure(path, "look at", errno);
    if (const auto ok = check_is_ours(path, found); !ok) return ok.error();
    return fd;
}

// A file that is there is looked at without being opened: closing it would take LMDB's own locks
// from this process, if it has the file open already.
Status make_or_check(const std::string& path, off_t reserved, struct stat& found) noexcept {
    const OwnedFd fd(::open(path.c_str(), kNewFile, 0600));
    if (fd.get() < 0 && errno != EEXIST) return failure(path, "make", errno);
    if (fd.get() >= 0 && reserved > 0 && ::fallocate(fd.get(), 0, 0, reserved) != 0 &&
        errno != EOPNOTSUPP) {
        const int number = errno;
        ::unlink(path.c_str());
        return failure(path, "reserve space for", number);
    }
    if (::lstat(path.c_str(), &found) != 0) return failure(path, "look at", errno);
    return check_is_ours(path, found);
}

using BootName = std::array<char, 37>;  // a UUID

BootName current_boot() noexcept {
    BootName name{};
    const OwnedFd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    if (fd.get() >= 0 && ::read(fd.get(), name.data(), name.size() - 1) < 0) name = {};
    return name;
}

Status remove(const std::string& path) noexcept {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failure(path, "delete", errno);
    return kOk;
}

// The name is written last: who is killed before leaves the work to the next one.
Status drop_files_of_earlier_boot(int locks, const std::string& data_path) noexcept {
    const BootName boot = current_boot();
    if (boot[0] == '\0')
        return refusal(data_path, "the system does not tell its boots apart (is /proc there?)");
    BootName made_in{};
    if (::pread(locks, made_in.data(), made_in.size() - 1, 0) < 0)
        return failure(data_path, "read the boot of", errno);
    if (made_in == boot) return kOk;
    for (const std::string& path : {data_path, data_path + "-lock"})
        if (const auto ok = remove(path); !ok) return ok;
    if (::pwrite(locks, boot.data(), boot.size() - 1, 0) < 0)
        return failure(data_path, "note the boot of", errno);
    return kOk;
}

Status take_opening_lock(int fd, const std::string& path) noexcept {
    for (int waited = 0;; ++waited) {
        const int number = lock_byte(fd, kOpeningLock, ByteLock::Take);
        if (number == 0) return kOk;
        if (number != EAGAIN && number != EACCES) return failure(path, "lock", number);
        if (waited == kOpeningPatienceMs)
            return Error(Errc::StoreError,
                         "another process has been opening the embedded store %.120s for a second",
                         path.c_str());
        ::poll(nullptr, 0, 1);
    }
}

// The type of a file system as its 32 bits, whatever the platform's integer.
long type_of(const struct statfs& file_system) noexcept {
    return static_cast<long>(file_system.f_type) & 0xFFFFFFFFl;
}

std::string base_path(const std::string& directory) {
    return directory + (directory.back() == '/' ? "" : "/") + "sessmirror-" +
           std::to_string(::geteuid());
}

}  // namespace

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
    struct flock range {};
    range.l_type = what == ByteLock::Take ? F_WRLCK : F_UNLCK;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(byte);
    range.l_len = 1;
    return ::fcntl(fd, F_OFD_SETLK, &range) == 0 ? 0 : errno;
}

Result<EmbeddedFiles> EmbeddedFiles::claim(const std::string& directory) {
    EmbeddedFiles files;
    if (const auto ok = files.prepare(directory); !ok) return ok.error();
    return files;
}

Status EmbeddedFiles::prepare(const std::string& directory) {
    if (const auto ok = check_directory(directory); !ok) return ok;
    struct statfs file_system {};
    if (::statfs(directory.c_str(), &file_system) != 0) return failure(directory, "use", errno);
    const long type = type_of(file_system);
    if (type == kNfs || type == kSmb || type == kCifs)
        return refusal(directory,
                       "it is on a network file system, where locks cannot be relied on");
    can_reserve_ = type == kTmpfs || type == kExt || type == kXfs;

    const std::string base = base_path(directory);
    auto locks = open_locks(base + ".locks");
    if (!locks) return locks.error();
    locks_ = std::move(*locks);
    if (const auto ok = take_opening_lock(locks_.get(), base); !ok) return ok;

    data_path_ = base + ".mdb";
    if (const auto ok = drop_files_of_earlier_boot(locks_.get(), data_path_); !ok) return ok;
    struct stat found {};
    if (const auto ok = make_or_check(data_path_ + "-lock", kReaderTable, found); !ok) return ok;
    if (const auto ok = make_or_check(data_path_, 0, found); !ok) return ok;
    identity_ = {found.st_dev, found.st_ino};
    is_new_ = found.st_size == 0;
    return kOk;
}

OwnedFd EmbeddedFiles::finish() && noexcept {
    lock_byte(locks_.get(), kOpeningLock, ByteLock::Release);
    return std::move(locks_);
}

void EmbeddedFiles::refresh(const std::string& directory) noexcept {
    const std::string base = base_path(directory);
    for (const char* suffix : {".mdb", ".mdb-lock", ".locks"})
        ::utimensat(AT_FDCWD, (base + suffix).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
