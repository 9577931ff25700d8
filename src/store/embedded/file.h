// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/stat.h>

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

// Names a file, whatever path leads to it.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
inline FileIdentity identity_of(const struct stat& file) noexcept {
    return {file.st_dev, file.st_ino};
}

// Locks or unlocks one byte of an open file, for the open file description and so for every copy
// of the descriptor. Returns 0, or the error number (EAGAIN or EACCES: somebody else has it).
enum class ByteLock : std::uint8_t { Release, Share, Take };
int lock_byte(int fd, std::uint64_t byte, ByteLock what) noexcept;

// The name by which an open file was opened has been deleted.
[[nodiscard]] bool is_deleted(int fd) noexcept;

// A file that somebody else made. Returns why, as static text, or nullptr if the file is a regular
// one of the effective user with a single name.
const char* why_foreign(const struct stat& file) noexcept;

// "the embedded store cannot <what> <path>: <reason>"; Errc::StoreError if a disk is full, else
// Errc::BadConfig.
Error file_failure(const std::string& path, const char* what, int number) noexcept;
// "the embedded store does not use <path>: <why>"; Errc::BadConfig.
Error file_refusal(const std::string& path, const char* why) noexcept;

}  // namespace sessmirror::store
