// SPDX-License-Identifier: BSD-3-Clause
#include "store/embedded/env.h"

#ifdef SESSMIRROR_WITH_LMDB

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

#include "base/fork_guard.h"
#include "store/embedded/item.h"

namespace sessmirror::store {
namespace {

constexpr unsigned kReaders = 4096;
constexpr unsigned kFlags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NOSYNC | MDB_NOMETASYNC | MDB_NORDAHEAD;
constexpr MDB_dbi kFreePages = 0;           // LMDB's own database of pages that may be used again
constexpr std::uint64_t kKeptPages = 64;    // for deleting: a path of the tree and then some
constexpr std::uint64_t kAhead = 4u << 20;  // reserved beyond what is used, and in such steps
constexpr Duration kBetweenLooks = std::chrono::minutes(1);

// All that this process has opened. Both are trivially destructible: PHP unloads this library.
constinit std::mutex registry_mutex;
constinit LmdbEnv* registry = nullptr;

MDB_val val_of(std::string_view text) noexcept {
    return {text.size(), const_cast<char*>(text.data())};
}

}  // namespace

void LmdbEnv::Deleter::operator()(LmdbEnv* env) const noexcept {
    const std::lock_guard guard(registry_mutex);
    // The parent's belongs to the parent: LMDB forbids a child to use it, closing included.
    if (env->fork_generation_ != fork_generation() || --env->users_ > 0) return;
    LmdbEnv** link = &registry;
    while (*link != env) link = &(*link)->next_;
    *link = env->next_;
    delete env;
}

LmdbEnv::~LmdbEnv() {
    if (env_ != nullptr) mdb_env_close(env_);
}

Result<LmdbEnv::Handle> LmdbEnv::acquire(const EmbeddedFiles& files, std::uint32_t size_mb,
                                         const Clock& clock) {
    const std::lock_guard guard(registry_mutex);
    for (LmdbEnv* env = registry; env != nullptr; env = env->next_) {
        if (env->identity_ != files.identity() || env->fork_generation_ != fork_generation())
            continue;
        ++env->users_;
        return Handle(env);
    }
    LmdbEnv* const env = new LmdbEnv;
    int failed = env->open(files, size_mb);
    if (failed == 0) failed = env->read_life(clock);
    if (failed != 0) {
        delete env;
        return Error(Errc::StoreError).with_errno(failed);
    }
    env->users_ = 1;
    env->next_ = registry;
    registry = env;
    return Handle(env);
}

int LmdbEnv::open(const EmbeddedFiles& files, std::uint32_t size_mb) noexcept {
    identity_ = files.identity();
    fork_generation_ = fork_generation();
    writes_memory_ = files.can_reserve();
    if (const int failed = mdb_env_create(&env_); failed != 0) return failed;
    mdb_env_set_maxreaders(env_, kReaders);
    // Without a size LMDB takes the one that the file was made with.
    if (files.is_new()) mdb_env_set_mapsize(env_, std::size_t{size_mb} << 20);
    const unsigned flags = kFlags | (writes_memory_ ? MDB_WRITEMAP : 0u);
    if (const int failed = mdb_env_open(env_, files.data_path().c_str(), flags, 0600); failed != 0)
        return failed;
    int dead = 0;
    mdb_reader_check(env_, &dead);

    MDB_envinfo info{};
    MDB_stat stat{};
    mdb_env_info(env_, &info);
    mdb_env_stat(env_, &stat);
    size_ = info.me_mapsize;
    page_size_ = stat.ms_psize;
    // Whoever wrote them had reserved the pages in use.
    reserved_ = files.is_new() ? 0 : (info.me_last_pgno + 1) * page_size_;
    return files.data_size() < reserved_ ? MDB_CORRUPTED : 0;
}

// Made with the file: what was stored in another one is another life.
int LmdbEnv::read_life(const Clock& clock) noexcept {
    MDB_txn* txn = nullptr;
    if (const int failed = mdb_txn_begin(env_, nullptr, 0, &txn); failed != 0) return failed;
    constexpr std::string_view kName = "!life";
    static_assert(kName.front() == kOwnKeys);
    MDB_val key = val_of(kName);
    MDB_val value{};
    int failed = mdb_dbi_open(txn, nullptr, 0, &database_);
    if (failed == 0) failed = mdb_get(txn, database_, &key, &value);
    if (failed == MDB_NOTFOUND) {
        failed = reserve(0);
        value.mv_size = LmdbItem::kHead;
        if (failed == 0) failed = mdb_put(txn, database_, &key, &value, MDB_RESERVE);
        const auto fraction = static_cast<std::uint32_t>(clock.now().time_since_epoch().count());
        if (failed == 0)
            LmdbItem::write_head(value.mv_data, LmdbItem::kForever,
                                 Cas{clock.unix_seconds()} << 32 | fraction);
    }
    const auto item = LmdbItem::read(value.mv_data, failed == 0 ? value.mv_size : 0);
    if (item) life_ = {identity_.inode, item->cas};
    if (failed != 0) {
        mdb_txn_abort(txn);
        return failed;
    }
    return mdb_txn_commit(txn);
}

bool LmdbEnv::is_gone() const noexcept {
    int fd = -1;
    struct stat found {};
    return mdb_env_get_fd(env_, &fd) == 0 && ::fstat(fd, &found) == 0 && found.st_nlink == 0;
}

int LmdbEnv::reserve(std::uint64_t bytes) noexcept {
    if (!writes_memory_) return 0;
    MDB_envinfo info{};
    mdb_env_info(env_, &info);
    const std::uint64_t used = (info.me_last_pgno + 1) * page_size_;
    const std::uint64_t needed = std::min(used + bytes + kAhead, size_);
    const std::uint64_t reserved = reserved_.load(std::memory_order_relaxed);
    if (needed <= reserved) return 0;
    const std::uint64_t end = std::min(needed + kAhead, size_);
    int fd = -1;
    mdb_env_get_fd(env_, &fd);
    while (::fallocate(fd, 0, static_cast<off_t>(reserved), static_cast<off_t>(end - reserved)) !=
           0)
        if (errno != EINTR) return errno;
    reserved_.store(end, std::memory_order_relaxed);
    return 0;
}

std::uint64_t LmdbEnv::pages_ahead() const noexcept {
    MDB_envinfo info{};
    mdb_env_info(env_, &info);
    const std::uint64_t all = size_ / page_size_;
    return all - std::min<std::uint64_t>(all, info.me_last_pgno + 1);
}

std::uint64_t LmdbEnv::freed_pages(MDB_txn* reader, std::uint64_t enough) const noexcept {
    MDB_cursor* cursor = nullptr;
    if (mdb_cursor_open(reader, kFreePages, &cursor) != 0) return 0;
    // Each entry is a list of pages, the first number of which is their count.
    std::uint64_t found = 0;
    MDB_val key{};
    MDB_val pages{};
    while (found < enough && mdb_cursor_get(cursor, &key, &pages, MDB_NEXT) == 0)
        found += *static_cast<const std::size_t*>(pages.mv_data);
    mdb_cursor_close(cursor);
    return found;
}

bool is_damage(int number) noexcept {
    return number == MDB_INVALID || number == MDB_CORRUPTED || number == MDB_PAGE_NOTFOUND ||
           number == MDB_VERSION_MISMATCH || number == MDB_MAP_RESIZED;
}

LmdbAccess::LmdbAccess(std::string directory, std::uint32_t size_mb, const Clock& clock,
                       Journal* journal) noexcept
    : directory_(std::move(directory)), size_mb_(size_mb), clock_(clock), journal_(journal) {
    watch_forks();
}

LmdbAccess::~LmdbAccess() {
    close();
}

void LmdbAccess::close() noexcept {
    // A transaction that was begun before a fork has its place in the parent's table of readers.
    if (reader_ != nullptr && fork_generation_ == fork_generation()) mdb_txn_abort(reader_);
    reader_ = nullptr;
    env_.reset();
    locks_.reset();
}

Result<LmdbAccess::Opened> LmdbAccess::ready() {
    if (is_usable()) return Opened::Before;
    const FileIdentity damaged = env_ && damage_ != 0 ? env_->identity() : FileIdentity{};
    const int damage = std::exchange(damage_, 0);
    close();
    if (damage != 0) {
        auto files = claim();
        if (!files) return files.error();
        // Unless somebody else was quicker.
        if (files->identity() == damaged) set_aside(std::move(*files), damage);
    }
    if (const auto ok = open(); !ok) return ok.error();
    return Opened::Now;
}

bool LmdbAccess::is_usable() const noexcept {
    return env_ && fork_generation_ == fork_generation() && damage_ == 0 && !env_->is_gone() &&
           !is_deleted(locks_.get());
}

Status LmdbAccess::open() {
    auto files = claim();
    if (!files) return files.error();
    auto env = LmdbEnv::acquire(*files, size_mb_, clock_);
    if (!env && is_damage(env.error().sys_errno) && !files->is_new()) {
        set_aside(std::move(*files), env.error().sys_errno);
        files = claim();
        if (!files) return files.error();
        env = LmdbEnv::acquire(*files, size_mb_, clock_);
    }
    if (!env) {
        if (files->is_new()) files->undo();
        return opening_error(*files, env.error().sys_errno);
    }
    env_ = std::move(*env);
    locks_ = std::move(*files).finish();
    fork_generation_ = fork_generation();
    return kOk;
}

Result<EmbeddedFiles> LmdbAccess::claim() {
    auto files = EmbeddedFiles::claim(directory_, !base_.empty());
    if (!files) return files;
    const bool is_news = files->base() != base_;
    base_ = files->base();
    if (journal_ != nullptr && is_news && files->why_passed_over() != nullptr)
        journal_->add(Severity::Warning,
                      "the embedded store passes over %.100s: %s; it uses %.100s.*",
                      files->passed_over().c_str(), files->why_passed_over(), base_.c_str());
    return files;
}

void LmdbAccess::set_aside(EmbeddedFiles&& files, int number) noexcept {
    const std::string path = files.data_path();
    const bool is_kept = std::move(files).set_aside();
    if (journal_ != nullptr)
        journal_->add(Severity::Warning,
                      "%.100s is damaged (%s): its sessions are lost, and it is %s; the embedded "
                      "store begins anew",
                      path.c_str(), mdb_strerror(number),
                      is_kept ? "kept as *.damaged" : "deleted");
}

Error LmdbAccess::opening_error(const EmbeddedFiles& files, int number) const noexcept {
    Error error(Errc::StoreError, "the embedded store in %.100s does not open: %s",
                directory_.c_str(), mdb_strerror(number));
    if (number == ENOMEM) {
        const auto size_mb = files.is_new() ? size_mb_ : files.data_size() >> 20;
        error.append("; it needs %llu MB of address space (size_mb=, ulimit -v)",
                     static_cast<unsigned long long>(size_mb));
    }
    return error.with_errno(number);
}

int LmdbAccess::begin_read(MDB_txn*& txn) noexcept {
    if (reader_ != nullptr) {
        txn = reader_;
        return mdb_txn_renew(reader_);
    }
    int failed = mdb_txn_begin(env_->get(), nullptr, MDB_RDONLY, &reader_);
    int dead = 0;
    if (failed == MDB_READERS_FULL && mdb_reader_check(env_->get(), &dead) == 0 && dead > 0)
        failed = mdb_txn_begin(env_->get(), nullptr, MDB_RDONLY, &reader_);
    txn = reader_;
    return failed;
}

void LmdbAccess::end_read() noexcept {
    if (reader_ != nullptr) mdb_txn_reset(reader_);
}

// The last commit stays the last one as long as the write transaction is open.
bool LmdbAccess::has_room(std::uint64_t bytes) noexcept {
    const std::uint64_t needed = env_->pages_of(bytes) + kKeptPages;
    const std::uint64_t ahead = env_->pages_ahead();
    if (ahead >= needed) return true;
    MDB_txn* reader = nullptr;
    if (begin_read(reader) != 0) return false;
    const bool is_enough = env_->freed_pages(reader, needed - ahead) >= needed - ahead;
    end_read();
    return is_enough;
}

int LmdbAccess::begin_write(Purpose purpose, std::uint64_t bytes, MDB_txn*& txn) noexcept {
    txn = nullptr;
    if (const int failed = mdb_txn_begin(env_->get(), nullptr, 0, &txn); failed != 0) return failed;
    const bool fits = purpose == Purpose::Delete || has_room(bytes);
    const int failed = fits ? env_->reserve(bytes) : MDB_MAP_FULL;
    if (failed != 0) mdb_txn_abort(txn);
    return failed;
}

Error LmdbAccess::error(int number) noexcept {
    if (is_damage(number) && journal_ != nullptr) damage_ = number;
    if (number == MDB_MAP_FULL)
        return Error(Errc::StoreError, "the embedded store in %.100s is full (size_mb=%llu)",
                     directory_.c_str(), static_cast<unsigned long long>(env_->size() >> 20));
    return Error(Errc::StoreError, "the embedded store in %.100s: %s", directory_.c_str(),
                 mdb_strerror(number))
        .with_errno(number);
}

void LmdbAccess::look_after_files(const Clock& clock) noexcept {
    if (clock.now() < next_look_ || !is_usable()) return;
    next_look_ = clock.now() + kBetweenLooks;
    if (are_files_in_place())
        EmbeddedFiles::refresh(base_);
    else
        close();
}

// Somebody may have moved them, or their directory: they are not deleted then.
bool LmdbAccess::are_files_in_place() const noexcept {
    struct stat data {};
    struct stat locks {};
    struct stat used {};
    return ::lstat((base_ + ".mdb").c_str(), &data) == 0 && identity_of(data) == env_->identity() &&
           ::lstat((base_ + ".locks").c_str(), &locks) == 0 && ::fstat(locks_.get(), &used) == 0 &&
           identity_of(locks) == identity_of(used);
}

}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
