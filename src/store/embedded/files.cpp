// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/files.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <fcntl.h>
#include <poll.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace sessmirror::store {
namespace {

// For LMDB's table of readers, 64 bytes each, and its head. Reserved, because it is mapped.
constexpr off_t kReaderTable = 4096 * 64 + 4096;
constexpr int kOpeningPatienceMs = 1000;
constexpr int kAttempts = 8;  // others may delete the files at the same time

constexpr long kTmpfs = 0x01021994;
constexpr long kExt = 0xEF53;
constexpr long kXfs = 0x58465342;
constexpr long kNfs = 0x6969;
constexpr long kSmb = 0xFE534D42;
constexpr long kCifs = 0xFF534D42;

constexpr const char* kData = ".mdb";
constexpr const char* kReaders = ".mdb-lock";
constexpr const char* kLocks = ".locks";

Status check_directory(const std::string& path) noexcept {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return file_failure(path, "use", errno);
    if (!S_ISDIR(found.st_mode)) return file_refusal(path, "it is no directory");
    if ((found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0)
        return file_refusal(path, "everybody may replace files there; make it sticky (chmod +t)");
    return kOk;
}

// The type of a file system as its 32 bits, whatever the platform's integer.
Result<long> file_system_of(const std::string& directory) noexcept {
    struct statfs found {};
    if (::statfs(directory.c_str(), &found) != 0) return file_failure(directory, "use", errno);
    const long type = static_cast<long>(found.f_type) & 0xFFFFFFFFl;
    if (type == kNfs || type == kSmb || type == kCifs)
        return file_refusal(directory,
                            "it is on a network file system, where locks cannot be relied on");
    return type;
}

constexpr int kNewFile = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
// Not blocking: somebody may have made a pipe of that name.
constexpr int kKnownFile = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

// A file that is there is looked at without being opened: closing it would take LMDB's own locks
// from this process, if it has the file open already.
Status make_file(const std::string& path, off_t reserved) noexcept {
    const OwnedFd fd(::open(path.c_str(), kNewFile, 0600));
    if (fd.get() < 0 && errno != EEXIST) return file_failure(path, "make", errno);
    if (fd.get() >= 0 && reserved > 0 && ::fallocate(fd.get(), 0, 0, reserved) != 0 &&
        errno != EOPNOTSUPP) {
        const int number = errno;
        ::unlink(path.c_str());
        return file_failure(path, "reserve space for", number);
    }
    return kOk;
}

bool exists(const std::string& path) noexcept {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0;
}

Status remove(const std::string& path) noexcept {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return file_failure(path, "delete", errno);
    return kOk;
}

// Where the processes live that share a set. Written into the file of locks: "<boot> <namespace>",
// padded with blanks to one length.
struct Habitat {
    std::array<char, 37> boot{};      // a UUID; empty: not known
    unsigned long pid_namespace = 0;  // 0: not known
};
constexpr std::size_t kHabitatText = 64;

Habitat habitat_here() noexcept {
    Habitat here;
    const OwnedFd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    if (fd.get() >= 0 && ::read(fd.get(), here.boot.data(), here.boot.size() - 1) < 0)
        here.boot = {};
    struct stat found {};
    if (::stat("/proc/self/ns/pid", &found) == 0) here.pid_namespace = found.st_ino;
    return here;
}

Habitat habitat_of(int locks) noexcept {
    Habitat noted;
    char text[kHabitatText + 1] = "";
    if (::pread(locks, text, kHabitatText, 0) < 0) return noted;
    std::sscanf(text, "%36s %lu", noted.boot.data(), &noted.pid_namespace);
    return noted;
}

Status note_habitat(int locks, const Habitat& here, const std::string& path) noexcept {
    char text[kHabitatText + 1] = "";
    std::snprintf(text, sizeof text, "%-36s %-26lu\n", here.boot.data(), here.pid_namespace);
    if (::pwrite(locks, text, kHabitatText, 0) != static_cast<ssize_t>(kHabitatText))
        return file_failure(path, "note the boot of", errno);
    return kOk;
}

Status take_opening_lock(int fd, const std::string& path) noexcept {
    for (int waited = 0;; ++waited) {
        const int number = lock_byte(fd, kOpeningLock, ByteLock::Take);
        if (number == 0) return kOk;
        if (number != EAGAIN && number != EACCES) return file_failure(path, "lock", number);
        if (waited == kOpeningPatienceMs)
            return Error(Errc::StoreError,
                         "another process has been opening the embedded store %.120s for a second",
                         path.c_str());
        ::poll(nullptr, 0, 1);
    }
}

std::string base_path(const std::string& directory, int number) {
    std::string base = directory + (directory.back() == '/' ? "" : "/") + "sessmirror-" +
                       std::to_string(::geteuid());
    return number == 0 ? base : base + "-" + std::to_string(number + 1);
}

constexpr const char* kElsewhere =
    "another container or host (with other process ids) has it open; each needs a directory of its "
    "own";

}  // namespace

Result<EmbeddedFiles> EmbeddedFiles::claim(const std::string& directory, bool is_known) {
    if (const auto ok = check_directory(directory); !ok) return ok.error();
    const auto type = file_system_of(directory);
    if (!type) return type.error();
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        EmbeddedFiles files;
        files.can_reserve_ = *type == kTmpfs || *type == kExt || *type == kXfs;
        if (const auto ok = files.choose(directory); !ok) return ok.error();
        const auto prepared = files.prepare(is_known);
        if (!prepared) return prepared.error();
        if (*prepared == Step::Ready) return files;
    }
    return Error(Errc::StoreError, "the files of the embedded store in %.120s vanish all the time",
                 directory.c_str());
}

// A set of this boot first: the name before it may have become free since.
Status EmbeddedFiles::choose(const std::string& directory) {
    for (const Set wanted : {Set::OfThisBoot, Set::Any})
        for (int number = 0; number < kNames; ++number) {
            const auto taken = take(base_path(directory, number), wanted);
            if (!taken) return taken.error();
            if (*taken) return kOk;
        }
    if (why_passed_over_ == nullptr) return kOk;  // all were deleted meanwhile
    return Error(Errc::BadConfig,
                 "the embedded store does not use %.100s: %s, and so it is with the %d other names",
                 passed_over_.c_str(), why_passed_over_, kNames - 1);
}

bool EmbeddedFiles::pass_over(std::string path, const char* why) {
    if (passed_over_.empty()) {
        passed_over_ = std::move(path);
        why_passed_over_ = why;
    }
    return false;
}

// False when the set is not there, or not ours.
Result<bool> EmbeddedFiles::take(const std::string& base, Set wanted) {
    for (const char* suffix : {kLocks, kData, kReaders}) {
        const std::string path = base + suffix;
        struct stat found {};
        if (::lstat(path.c_str(), &found) != 0) continue;
        if (const char* why = why_foreign(found)) return pass_over(path, why);
        if ((found.st_mode & 077) != 0) return file_refusal(path, "other users may open it");
    }
    const std::string path = base + kLocks;
    OwnedFd fd(::open(path.c_str(), kKnownFile));
    if (fd.get() < 0 && wanted == Set::OfThisBoot) return false;
    if (fd.get() < 0) fd = OwnedFd(::open(path.c_str(), kNewFile, 0600));
    if (fd.get() < 0) return file_failure(path, "open", errno);
    // It may have been another one when it was looked at.
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0) return file_failure(path, "look at", errno);
    if (found.st_nlink == 0) return false;
    if (const char* why = why_foreign(found)) return pass_over(path, why);
    if (wanted == Set::OfThisBoot && habitat_of(fd.get()).boot != habitat_here().boot) return false;
    locks_ = std::move(fd);
    base_ = base;
    return true;
}

Result<EmbeddedFiles::Step> EmbeddedFiles::prepare(bool is_known) {
    if (locks_.get() < 0) return Step::Again;
    if (const auto ok = take_opening_lock(locks_.get(), base_); !ok) return ok.error();
    if (is_deleted(locks_.get())) return Step::Again;  // while this one waited
    is_shared_ = lock_byte(locks_.get(), kUsersLock, ByteLock::Take) != 0;
    bool is_broken = false;
    if (const auto ok = drop_leftovers(is_known, is_broken); !ok) return ok.error();
    if (is_broken) {
        for (const char* suffix : {kData, kReaders, kLocks})
            if (const auto ok = remove(base_ + suffix); !ok) return ok.error();
        return Step::Again;
    }
    if (const auto ok = make_files(); !ok) return ok.error();
    if (const int number = lock_byte(locks_.get(), kUsersLock, ByteLock::Share); number != 0)
        return file_failure(base_ + kLocks, "lock", number);
    return Step::Ready;
}

// The note is written last: who is killed before leaves the work to the next one.
Status EmbeddedFiles::drop_leftovers(bool is_known, bool& is_broken) {
    const Habitat here = habitat_here();
    if (here.boot[0] == '\0')
        return file_refusal(base_, "the system does not tell its boots apart (is /proc there?)");
    const Habitat noted = habitat_of(locks_.get());
    const bool is_of_this_boot = noted.boot == here.boot;
    const bool is_of_these_pids =
        is_of_this_boot && (noted.pid_namespace == 0 || noted.pid_namespace == here.pid_namespace);
    const bool is_of_somebody = noted.boot[0] != '\0';
    if (!is_of_these_pids && (is_shared_ || (is_known && is_of_somebody && !is_of_this_boot)))
        return file_refusal(base_ + kData, kElsewhere);
    const bool has_all = exists(base_ + kData) && exists(base_ + kReaders);
    is_broken = is_shared_ && !has_all;
    if (is_broken) return kOk;
    if (!is_of_this_boot)
        if (const auto ok = remove(base_ + kData); !ok) return ok;
    // Readers that are gone, by ids that mean others here or belong to a file that is gone.
    if (!is_of_these_pids || !has_all)
        if (const auto ok = remove(base_ + kReaders); !ok) return ok;
    if (is_of_these_pids && noted.pid_namespace == here.pid_namespace) return kOk;
    return note_habitat(locks_.get(), here, base_ + kLocks);
}

Status EmbeddedFiles::make_files() {
    struct stat found {};
    for (const char* suffix : {kReaders, kData}) {
        const std::string path = base_ + suffix;
        const auto made = make_file(path, suffix == kReaders ? kReaderTable : 0);
        if (!made) return made;
        if (::lstat(path.c_str(), &found) != 0) return file_failure(path, "look at", errno);
        if (const char* why = why_foreign(found)) return file_refusal(path, why);
    }
    identity_ = identity_of(found);
    data_size_ = static_cast<std::uint64_t>(found.st_size);
    return kOk;
}

OwnedFd EmbeddedFiles::finish() && noexcept {
    lock_byte(locks_.get(), kOpeningLock, ByteLock::Release);
    return std::move(locks_);
}

bool EmbeddedFiles::set_aside() && noexcept {
    const std::string data = data_path();
    const bool is_kept = ::rename(data.c_str(), (data + ".damaged").c_str()) == 0;
    for (const char* suffix : {kData, kReaders, kLocks}) ::unlink((base_ + suffix).c_str());
    locks_.reset();
    return is_kept;
}

void EmbeddedFiles::undo() noexcept {
    ::unlink(data_path().c_str());
}

void EmbeddedFiles::refresh(const std::string& base) noexcept {
    for (const char* suffix : {kData, kReaders, kLocks})
        ::utimensat(AT_FDCWD, (base + suffix).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
