// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace sessmirror::store {

// A file descriptor that is closed by its owner's end.
class OwnedFd {
  public:
    explicit OwnedFd(int fd = -1) noexcept : fd_(fd) {}
    ~OwnedFd() { reset(); }
    OwnedFd(OwnedFd&& other) noexcept : fd_(other.take()) {}
    OwnedFd& operator=(OwnedFd&& other) noexcept;

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int take() noexcept;
    void reset() noexcept;

  private:
    int fd_;
};

// The right to open the embedded store of this user in one directory: while an object lives, no
// other process opens it. The files, all of mode 0600 and owned by the effective user:
//   sessmirror-<uid>.mdb        the sessions, for LMDB
//   sessmirror-<uid>.mdb-lock   LMDB's own locks and readers
//   sessmirror-<uid>.locks      the sessions' locks (embedded_locks.h); its content names the boot
//   of
//                               the system in which the other two were made
//
// Nothing is ever synchronised to a disk, so after a crash of the system the files cannot be
// trusted: those of an earlier boot are deleted. (The name of the boot is kept in a file, not in
// the names of files: the directories that distributions make for sessions cannot be listed by
// those who use them.)
//
// The directory may be writable for everybody if it is sticky, as /tmp is. A file that is no
// regular one, that is somebody else's, or that others may open is refused, never used or replaced.
// All failures are Errc::BadConfig, except that of a full file system and that of another process
// that does not finish its opening (Errc::StoreError).
class EmbeddedFiles {
  public:
    static Result<EmbeddedFiles> claim(const std::string& directory);

    [[nodiscard]] const std::string& data_path() const noexcept { return data_path_; }
    // The data file is empty, so its maker decides about its size.
    [[nodiscard]] bool is_new() const noexcept { return is_new_; }
    // The file system keeps what it has promised: space that was reserved can be written to. The
    // file may then be written through memory, which otherwise ends the process when the disk is
    // full (SIGBUS).
    [[nodiscard]] bool can_reserve() const noexcept { return can_reserve_; }

    // Names the data file, whatever path leads to it.
    struct Identity {
        dev_t device = 0;
        ino_t inode = 0;
        friend bool operator==(const Identity&, const Identity&) = default;
    };
    [[nodiscard]] Identity identity() const noexcept { return identity_; }

    // Ends the claim. The descriptor of the file of locks is the caller's.
    OwnedFd finish() && noexcept;

    // Keeps cleaners of directories for temporary files from taking the files for forgotten ones.
    static void refresh(const std::string& directory) noexcept;

  private:
    EmbeddedFiles() = default;
    Status prepare(const std::string& directory);

    OwnedFd locks_;
    std::string data_path_;
    Identity identity_;
    bool is_new_ = false;
    bool can_reserve_ = false;
};

// Bytes of the file of locks, none of which is ever read or written: below are the sessions' locks.
inline constexpr std::uint64_t kOpeningLock = std::uint64_t{1} << 62;

// Takes or gives back the byte, for this open file; 0, or the error number (EAGAIN: another has
// it).
enum class ByteLock : bool { Release, Take };
int lock_byte(int fd, std::uint64_t byte, ByteLock what) noexcept;

}  // namespace sessmirror::store
