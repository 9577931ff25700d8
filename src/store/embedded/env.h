// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/journal.h"
#include "base/result.h"
#include "store/embedded/files.h"
#include "store/inventory.h"

struct MDB_env;
struct MDB_txn;

namespace sessmirror::store {

// One open LMDB file. LMDB forbids opening a file twice in a process (POSIX locks end with the
// first descriptor that is closed), so all who use it share one, counted. Any thread may use it:
// readers are not tied to threads, and LMDB lets one writer in at a time, from whatever process.
//
// Written through memory (MDB_WRITEMAP) where the file system keeps promises about space: a commit
// then takes no system call, and costs a twelfth (measured: 0.7 against 8.4 us for 1 KB). A full
// disk would end the process, so space is reserved before it is written to (reserve()), in the file
// of LMDB's readers as well. On other file systems pages are written by system calls.
//
// The size is decided by who makes the file; it is not changed while the file is there, because
// those who have it open would not know.
class LmdbEnv {
  public:
    struct Deleter {
        void operator()(LmdbEnv* env) const noexcept;
    };
    using Handle = std::unique_ptr<LmdbEnv, Deleter>;

    // The shared one, opened if it is not yet. In a forked child its parent's is never used nor
    // closed. `clock` dates a new file.
    static Result<Handle> acquire(const EmbeddedFiles& files, std::uint32_t size_mb,
                                  const Clock& clock);

    [[nodiscard]] MDB_env* get() const noexcept { return env_; }
    [[nodiscard]] unsigned database() const noexcept { return database_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] const Life& life() const noexcept { return life_; }
    // The file has been deleted, so others do not see what is written here.
    [[nodiscard]] bool is_gone() const noexcept;
    [[nodiscard]] FileIdentity identity() const noexcept { return identity_; }

    // Makes sure that a transaction which writes `bytes` of content cannot run out of disk. 0, or
    // an error number. REQUIRES: a write transaction is open, so that nobody else writes.
    int reserve(std::uint64_t bytes) noexcept;
    // Pages that may yet be written: those behind the last one that is used, and, counted by a read
    // transaction up to `enough`, those that were used and are free again.
    [[nodiscard]] std::uint64_t pages_ahead() const noexcept;
    [[nodiscard]] std::uint64_t freed_pages(MDB_txn* reader, std::uint64_t enough) const noexcept;
    [[nodiscard]] std::uint64_t pages_of(std::uint64_t bytes) const noexcept {
        return bytes / page_size_ + 1;
    }

    // The key under which the file's life is kept. No session's key begins with this byte.
    static constexpr char kOwnKeys = '!';

  private:
    LmdbEnv() = default;
    ~LmdbEnv();
    int open(const EmbeddedFiles& files, std::uint32_t size_mb) noexcept;
    int read_life(const Clock& clock) noexcept;

    MDB_env* env_ = nullptr;
    unsigned database_ = 0;
    std::uint64_t size_ = 0;
    std::uint64_t page_size_ = 0;
    bool writes_memory_ = false;
    std::atomic<std::uint64_t> reserved_{0};  // bytes from the beginning
    FileIdentity identity_;
    Life life_;
    unsigned fork_generation_ = 0;
    int users_ = 0;
    LmdbEnv* next_ = nullptr;  // of this process's
};

// LMDB's word for a file that it cannot make sense of. (Nobody changes the size of a file in use,
// so one that LMDB finds too large is damaged as well.)
[[nodiscard]] bool is_damage(int number) noexcept;

// One user's way to the embedded store in a directory: opens it at first use, and anew in a forked
// child, after the files were deleted, or when the data file turns out to be damaged, which is then
// set aside. Keeps a read transaction, so that a read begins without an allocation and, apart from
// the look whether the files are still there, without a system call. Not thread-safe.
class LmdbAccess {
  public:
    // `journal` is told of files that were passed over or set aside; may be nullptr.
    LmdbAccess(std::string directory, std::uint32_t size_mb, const Clock& clock,
               Journal* journal) noexcept;
    ~LmdbAccess();
    LmdbAccess(const LmdbAccess&) = delete;
    LmdbAccess& operator=(const LmdbAccess&) = delete;

    enum class Opened : bool { Before, Now };
    // To be called before everything else. Now, or an error: locks_file() is another one, or none.
    Result<Opened> ready();
    [[nodiscard]] int locks_file() const noexcept { return locks_.get(); }

    [[nodiscard]] LmdbEnv& env() noexcept { return *env_; }
    // 0 or LMDB's error; the transaction is valid until end_read().
    int begin_read(MDB_txn*& txn) noexcept;
    void end_read() noexcept;
    // Whoever stores must leave some pages to those who delete, since LMDB needs pages for that
    // too, and a file without any would stay full for ever: MDB_MAP_FULL when `bytes` more would
    // not.
    enum class Purpose : std::uint8_t { Store, Delete };
    int begin_write(Purpose purpose, std::uint64_t bytes, MDB_txn*& txn) noexcept;

    // In words, with the directory. Damage makes the next ready() set the file aside, if there is a
    // journal to say so.
    [[nodiscard]] Error error(int number) noexcept;
    // For a time when no page waits: looks, once in a while, whether the files are still there, and
    // shows those who clean up that they are in use.
    void look_after_files(const Clock& clock) noexcept;

  private:
    Status open();
    Result<EmbeddedFiles> claim();
    Error opening_error(const EmbeddedFiles& files, int number) const noexcept;
    void set_aside(EmbeddedFiles&& files, int number) noexcept;
    void close() noexcept;
    [[nodiscard]] bool is_usable() const noexcept;
    [[nodiscard]] bool are_files_in_place() const noexcept;
    [[nodiscard]] bool has_room(std::uint64_t bytes) noexcept;

    const std::string directory_;
    const std::uint32_t size_mb_;
    const Clock& clock_;
    Journal* const journal_;
    std::string base_;  // of the files in use, or used last; empty: none yet
    unsigned fork_generation_ = 0;
    int damage_ = 0;  // LMDB's error, of the file in use
    LmdbEnv::Handle env_;
    OwnedFd locks_;
    MDB_txn* reader_ = nullptr;
    TimePoint next_look_{};
};

}  // namespace sessmirror::store
