// SPDX-License-Identifier: BSD-3-Clause
#include "migration/files_place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "migration/mark.h"

namespace sessmirror::migration {
namespace {

constexpr Duration kPause = milliseconds(5);  // between two tries for a lock
constexpr mode_t kMode = 0600;

class File {
  public:
    File(const std::string& path, int flags) noexcept
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kMode)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

  private:
    int descriptor_;
};

bool is_trusted(const struct stat& file) noexcept {
    return file.st_uid == 0 || file.st_uid == ::getuid() || file.st_uid == ::geteuid() ||
           ::getuid() == 0;
}

bool is_unlinked(int file) noexcept {
    struct stat found {};
    return ::fstat(file, &found) == 0 && found.st_nlink == 0;
}

std::optional<std::uint64_t> mark_in(const std::string& path) noexcept {
    const File file(path, O_RDONLY);
    std::array<char, kMarkSize + 1> text{};
    const ssize_t size = file.is_open() ? ::read(file.descriptor(), text.data(), text.size()) : -1;
    return size < 0 ? std::nullopt : parse_mark({text.data(), static_cast<std::size_t>(size)});
}

}  // namespace

std::string FilesPlace::file_of(std::string_view id) const {
    std::string path = spec_.path;
    for (std::size_t i = 0; i < spec_.depth; ++i) path.append("/").append(1, id[i]);
    return path.append("/sess_").append(id);
}

std::string FilesPlace::mark_file_of(std::string_view id) const {
    return file_of(id) + ".sm";
}

Error FilesPlace::failure(const char* what, int code) const noexcept {
    return Error(Errc::StoreError, "%.120s: a session %s: %s", name_.c_str(), what,
                 ::strerror(code))
        .with_errno(code);
}

Status FilesPlace::wait_for(int file, int lock, TimePoint deadline) noexcept {
    while (::flock(file, lock | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return failure("cannot be locked", errno);
        if (loop_.now() >= deadline)
            return Error(Errc::LockTimeout, "%.120s: a page of the old handler holds the session",
                         name_.c_str());
        const bool never = false;
        loop_.run_until(never, std::min(deadline, loop_.now() + kPause));
    }
    return kOk;
}

Result<Bytes> FilesPlace::contents(int file, std::uint64_t size) const {
    if (size > max_bytes_)
        return Error(Errc::TooLarge, "%.120s: a session has %llu bytes", name_.c_str(),
                     static_cast<unsigned long long>(size));
    Bytes content(static_cast<std::size_t>(size));
    std::size_t read = 0;
    while (read < content.size()) {
        const ssize_t more =
            ::pread(file, content.data() + read, content.size() - read, static_cast<off_t>(read));
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return failure("cannot be read", more == 0 ? EIO : errno);
        read += static_cast<std::size_t>(more);
    }
    return content;
}

Result<std::optional<OldSession>> FilesPlace::session_in(int file, std::uint32_t lifetime_s) const {
    using Found = std::optional<OldSession>;
    struct stat found {};
    if (::fstat(file, &found) != 0) return failure("cannot be read", errno);
    if (!S_ISREG(found.st_mode) || !is_trusted(found))
        return Error(Errc::Unreadable, "%.120s: a session belongs to another user", name_.c_str());
    const std::int64_t ends = std::int64_t{found.st_mtim.tv_sec} + lifetime_s;
    const std::int64_t left = ends - loop_.unix_seconds();
    if (found.st_nlink == 0 || found.st_size == 0 || left <= 0) return Found();
    auto content = contents(file, static_cast<std::uint64_t>(found.st_size));
    if (!content) return content.error();
    const auto at_most = std::min<std::int64_t>(left, lifetime_s);
    return Found(OldSession{std::move(*content), static_cast<std::uint32_t>(at_most)});
}

Result<OldState> FilesPlace::read(std::string_view id, std::uint32_t lifetime_s, Held held,
                                  TimePoint deadline) {
    OldState state;
    state.mark = mark_in(mark_file_of(id));
    const File file(file_of(id), O_RDONLY);
    if (!file.is_open()) {
        if (errno == ENOENT) return state;
        return failure("cannot be opened", errno);
    }
    if (held == Held::No)
        if (const auto locked = wait_for(file.descriptor(), LOCK_SH, deadline); !locked)
            return locked.error();
    auto session = session_in(file.descriptor(), lifetime_s);
    if (!session) return session.error();
    state.session = std::move(*session);
    return state;
}

Status FilesPlace::replace(int file, ByteView content) const {
    std::size_t written = 0;
    while (written < content.size()) {
        const ssize_t more = ::pwrite(file, content.data() + written, content.size() - written,
                                      static_cast<off_t>(written));
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return failure("cannot be written", more == 0 ? EIO : errno);
        written += static_cast<std::size_t>(more);
    }
    if (::ftruncate(file, static_cast<off_t>(content.size())) != 0)
        return failure("cannot be written", errno);
    return kOk;
}

// In place, since pages of the old handler may wait for this very file.
Status FilesPlace::write(std::string_view id, ByteView content, std::uint32_t, Held held,
                         TimePoint deadline) {
    const File file(file_of(id), O_RDWR | O_CREAT);
    if (!file.is_open()) return failure("cannot be written", errno);
    Status step = kOk;
    if (held == Held::No) step = wait_for(file.descriptor(), LOCK_EX, deadline);
    if (!step) return step;
    step = replace(file.descriptor(), content);
    if (!step) (void)erase(id, deadline);  // half a session is none
    if (!step) return step;
    const File mark(mark_file_of(id), O_RDWR | O_CREAT);
    if (!mark.is_open()) return failure("cannot be marked", errno);
    return replace(mark.descriptor(), as_bytes(mark_text(mark_of(content))));
}

Result<bool> FilesPlace::touch(std::string_view id, std::uint32_t, TimePoint) {
    (void)::utimensat(AT_FDCWD, mark_file_of(id).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
    if (::utimensat(AT_FDCWD, file_of(id).c_str(), nullptr, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT) return false;
    return failure("cannot be touched", errno);
}

Status FilesPlace::erase(std::string_view id, TimePoint) {
    for (const std::string& path : {file_of(id), mark_file_of(id)})
        if (::unlink(path.c_str()) != 0 && errno != ENOENT)
            return failure("cannot be removed", errno);
    return kOk;
}

Result<OldPlace::Lock> FilesPlace::try_lock(std::string_view id, std::uint32_t, TimePoint) {
    File file(file_of(id), O_RDWR);
    if (!file.is_open()) {
        if (errno == ENOENT) return Lock{true, -1};
        return failure("cannot be opened", errno);
    }
    if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK || errno == EINTR) return Lock{};
        return failure("cannot be locked", errno);
    }
    if (is_unlinked(file.descriptor())) return Lock{};  // another try finds what is there now
    return Lock{true, file.release()};
}

Status FilesPlace::unlock(std::string_view, const Lock& lock, TimePoint) {
    if (lock.file >= 0) ::close(lock.file);
    return kOk;
}

}  // namespace sessmirror::migration
