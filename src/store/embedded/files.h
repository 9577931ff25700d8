// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/embedded/file.h"

namespace sessmirror::store {

// The right to open the embedded store of this user in one directory: while an object lives, no
// other process opens it. A set of three files, all of mode 0600 and owned by the effective user:
//   <base>.mdb        the sessions, for LMDB
//   <base>.mdb-lock   LMDB's own locks and readers
//   <base>.locks      the sessions' locks (locks.h). Its content names the boot of the
//                     system and the pid namespace in which the set is used
// The base is sessmirror-<uid>, or sessmirror-<uid>-2 and so on up to kNames.
//
// * Foreign files. In a directory that is writable for everybody, anybody can make files of these
//   names. A set with a file that is no regular one, belongs to somebody else or has a second name
//   is passed over for the next one. A set that is already in use in this boot takes precedence
//   over earlier names, so all processes agree whatever comes and goes beside it. A file of this
//   user that others may open is an error.
// * Boots. Nothing is ever synchronised to a disk, so after a crash of the system the files cannot
//   be trusted: those of an earlier boot are deleted. (The boot is named in a file, not in the
//   names of files: the directories that distributions make for sessions cannot be listed by those
//   who use them.)
// * Containers. LMDB knows its users by process id. A set that processes of another pid namespace
//   or of another host have open is refused; one that they have left is taken over.
// * Deletion. A set of which a part is missing while others use the rest is deleted as a whole, and
//   a new one is made. Those who use it see that by their open files (is_deleted()).
//
// The directory itself may be writable for everybody if it is sticky, as /tmp is. All failures are
// Errc::BadConfig, except that of a full file system and that of another process that does not
// finish its opening (Errc::StoreError).
class EmbeddedFiles {
  public:
    static constexpr int kNames = 8;

    // `is_known`: this process has used the directory before, in this boot. Whoever then finds it
    // in the hands of another boot shares it with another host.
    static Result<EmbeddedFiles> claim(const std::string& directory, bool is_known);

    // Path without suffix: "/tmp/sessmirror-33".
    [[nodiscard]] const std::string& base() const noexcept { return base_; }
    [[nodiscard]] std::string data_path() const { return base_ + ".mdb"; }
    // Other processes, or other parts of this one, have the set open.
    [[nodiscard]] bool is_shared() const noexcept { return is_shared_; }
    // The data file is empty, so its maker decides about its size.
    [[nodiscard]] bool is_new() const noexcept { return data_size_ == 0; }
    [[nodiscard]] std::uint64_t data_size() const noexcept { return data_size_; }
    // The file system keeps what it has promised: space that was reserved can be written to. The
    // file may then be written through memory, which otherwise ends the process when the disk is
    // full (SIGBUS).
    [[nodiscard]] bool can_reserve() const noexcept { return can_reserve_; }
    // Of the data file.
    [[nodiscard]] FileIdentity identity() const noexcept { return identity_; }

    // The first file that was passed over, and why; empty and nullptr: none was.
    [[nodiscard]] const std::string& passed_over() const noexcept { return passed_over_; }
    [[nodiscard]] const char* why_passed_over() const noexcept { return why_passed_over_; }

    // Ends the claim. Whoever keeps the descriptor counts as a user of the set.
    OwnedFd finish() && noexcept;

    // Ends the claim and the set: the data file is kept as <base>.mdb.damaged, the others are
    // deleted, so that all users make a new set. True if it could be kept.
    bool set_aside() && noexcept;
    // Deletes the data file, of which nobody else knows. REQUIRES: is_new()
    void undo() noexcept;

    // Keeps cleaners of directories for temporary files from taking the files for forgotten ones.
    static void refresh(const std::string& base) noexcept;

  private:
    enum class Set : std::uint8_t { OfThisBoot, Any };
    enum class Step : bool { Again, Ready };

    EmbeddedFiles() = default;
    Status choose(const std::string& directory);
    Result<bool> take(const std::string& base, Set wanted);
    [[nodiscard]] bool pass_over(std::string path, const char* why);
    Result<Step> prepare(bool is_known);
    Status drop_leftovers(bool is_known, bool& is_broken);
    Status make_files();

    OwnedFd locks_;
    std::string base_;
    std::string passed_over_;
    const char* why_passed_over_ = nullptr;
    FileIdentity identity_;
    std::uint64_t data_size_ = 0;
    bool is_shared_ = false;
    bool can_reserve_ = false;
};

// Bytes of the file of locks, none of which is ever read or written: below are the sessions' locks.
inline constexpr std::uint64_t kOpeningLock = std::uint64_t{1} << 62;
inline constexpr std::uint64_t kUsersLock = kOpeningLock + 1;  // shared by all who use the set

}  // namespace sessmirror::store
