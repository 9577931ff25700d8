// SPDX-License-Identifier: BSD-3-Clause
// The embedded store's promises to the processes of one host.
#ifdef SESSMIRROR_WITH_LMDB

#include <gtest/gtest.h>
#include <lmdb.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "support/child_process.h"
#include "support/embedded_client.h"

namespace sessmirror::store {
namespace {

using test::EmbeddedDirectory;
using test::key_of;
using test::payload_of;
using test::Session;
using test::StoreClient;

constexpr int kProcesses = 4;
constexpr int kIncrements = 500;

int wait_for(pid_t child) {
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Runs the work in so many processes at the same time; whether all of them succeeded.
template <class Work>
bool all_succeed(Work work) {
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        children.push_back(::fork());
        if (children.back() == 0) ::_exit(work(i) ? 0 : 1);
    }
    bool succeeded = true;
    for (const pid_t child : children) succeeded = wait_for(child) == 0 && succeeded;
    return succeeded;
}

// One attempt to add one to the counter that the session is.
bool increment(StoreClient& client, const FetchReply& read, std::uint32_t nonce,
               std::optional<HeldLock> unlock) {
    const int value = read.found ? std::stoi(payload_of(read)) : 0;
    const Session session("counter", std::to_string(value + 1),
                          {static_cast<std::uint32_t>(value + 1), nonce});
    auto request = session.put(client, read.cas);
    request.unlock = unlock;
    const auto reply = client.put(request);
    return reply && reply->outcome == PutOutcome::Stored;
}

// How many places for readers are taken.
int readers(EmbeddedDirectory& files) {
    LmdbAccess access(files.path(), 16, files.clock, nullptr);
    if (!access.ready()) return -1;
    int lines = 0;  // one of them is a heading
    const auto count = [](const char*, void* total) { return ++*static_cast<int*>(total), 0; };
    mdb_reader_list(access.env().get(), count, &lines);
    return lines - 1;
}

int counter(EmbeddedDirectory& files) {
    return std::stoi(payload_of(*files.client()->fetch(key_of("counter"))));
}

TEST(LmdbProcesses, IncrementsByCompareAndSetLoseNothing) {
    EmbeddedDirectory files;
    EXPECT_TRUE(all_succeed([&](int process) {
        const auto client = files.client();
        for (int done = 0; done < kIncrements;) {
            const auto read = client->fetch(key_of("counter"));
            if (!read) return false;
            const auto nonce = static_cast<std::uint32_t>(process * kIncrements + done + 1);
            if (increment(*client, *read, nonce, std::nullopt)) ++done;
        }
        return true;
    }));
    EXPECT_EQ(counter(files), kProcesses * kIncrements);
}

TEST(LmdbProcesses, IncrementsUnderTheLockNeverCollide) {
    EmbeddedDirectory files;
    EXPECT_TRUE(all_succeed([&](int process) {
        const auto client = files.client();
        for (int done = 0; done < kIncrements;) {
            const auto read = client->lock(key_of("counter"), std::to_string(process));
            if (!read) return false;
            if (read->lock == LockState::Held) continue;
            if (!increment(*client, *read, static_cast<std::uint32_t>(process + 1), read->holder))
                return false;
            ++done;
        }
        return true;
    }));
    EXPECT_EQ(counter(files), kProcesses * kIncrements);
}

TEST(LmdbProcesses, TheLockOfAKilledProcessIsFree) {
    EmbeddedDirectory files;
    test::ChildProcess child([&] {
        static auto client = files.client();  // alive until the process is not
        (void)client->lock(key_of("a"), "killed");
    });
    ASSERT_TRUE(child.worked());
    const auto client = files.client();
    ASSERT_EQ(client->lock(key_of("a"), "next")->lock, LockState::Held);
    child.kill_only();
    EXPECT_EQ(client->lock(key_of("a"), "next")->lock, LockState::Granted);
}

// Wherever in a transaction the kill meets it: the next one stores, and finds whole sessions.
TEST(LmdbProcesses, AProcessThatIsKilledWhileItStoresBlocksNobody) {
    EmbeddedDirectory files;
    const auto client = files.client();
    for (int i = 0; i < 40; ++i) {
        const int before = i == 0 ? 0 : counter(files);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const auto own = files.client();
            for (;;) (void)increment(*own, *own->fetch(key_of("counter")), 1, std::nullopt);
        }
        const TimePoint limit = client->deadline();
        while (client->loop().now() < limit) {
            const auto read = client->fetch(key_of("counter"));
            if (read->found && std::stoi(payload_of(*read)) > before + 10 + i) break;
        }
        ::kill(child, SIGKILL);
        wait_for(child);
        ASSERT_GT(counter(files), before + 10);
        ASSERT_TRUE(increment(*client, *client->fetch(key_of("counter")), 2, std::nullopt));
    }
}

TEST(LmdbProcesses, AForkedChildHasTheFileForItselfAndNoneOfItsParentsLocks) {
    EmbeddedDirectory files;
    const auto client = files.client();
    const Session one("a", "parent's");
    const Session two("b", "child's");
    ASSERT_TRUE(client->put(one.put(*client)));
    const auto locked = client->lock(one.key, "parent");
    ASSERT_EQ(locked->lock, LockState::Granted);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const bool read = payload_of(*client->fetch(one.key)) == "parent's";
        const bool stored = client->put(two.put(*client)).has_value();
        const bool is_held = client->lock(one.key, "child")->lock == LockState::Held;
        const bool has_none = !client->release(one.key, locked->holder)->was_ours;
        ::_exit(read && stored && is_held && has_none ? 0 : 1);
    }
    EXPECT_EQ(wait_for(child), 0);
    EXPECT_EQ(payload_of(*client->fetch(two.key)), "child's");
    EXPECT_EQ(files.client()->lock(one.key, "third")->lock, LockState::Held);
    EXPECT_TRUE(client->release(one.key, locked->holder)->was_ours);
}

// Ending what a child inherited would free its parent's place among the readers, and the next
// writer would use pages that the parent reads.
TEST(LmdbProcesses, AChildThatOnlyEndsDoesNotDisturbItsParent) {
    EmbeddedDirectory files;
    auto client = files.client();
    const Session session("a", "content");
    ASSERT_TRUE(client->put(session.put(*client)));
    ASSERT_TRUE(client->fetch(session.key));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        client.reset();
        ::_exit(0);
    }
    EXPECT_EQ(wait_for(child), 0);
    EXPECT_EQ(readers(files), 1);
    for (int i = 0; i < 100; ++i) ASSERT_EQ(payload_of(*client->fetch(session.key)), "content");
    EXPECT_EQ(payload_of(*files.client()->fetch(session.key)), "content");
}

TEST(LmdbProcesses, TheNextWorkerTakesBackThePlacesOfReadersThatWereKilled) {
    EmbeddedDirectory files;
    const auto read = [&] {
        static auto client = files.client();  // alive until the process is not
        (void)client->fetch(key_of("a"));
    };
    const test::ChildProcess living(read);
    ASSERT_TRUE(living.worked());
    for (int i = 0; i < 3; ++i) {
        const test::ChildProcess killed(read);
        ASSERT_TRUE(killed.worked());
    }
    EXPECT_EQ(readers(files), 1);
}

// A directory of twelve megabytes that only this process sees.
bool mount_small(const std::string& path) {
    return ::unshare(CLONE_NEWNS) == 0 &&
           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=12m") == 0;
}

// Writing to a memory map of a full disk would end the process.
TEST(LmdbProcesses, AFullDiskRefusesAndKeepsWhatWasStored) {
    if (::geteuid() != 0) return;  // only root can make one
    EmbeddedDirectory files(64);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        if (!mount_small(files.path())) ::_exit(2);
        const auto client = files.client();
        const Session first("0", std::string(1000, 'x'));
        if (!client->put(first.put(*client))) ::_exit(3);
        Status refused = kOk;
        for (int i = 1; i < 20'000 && refused; ++i) {
            const Session session(std::to_string(i), first.payload);
            const auto reply = client->put(session.put(*client));
            if (!reply) refused = reply.error();
        }
        const bool is_told = !refused && refused.error().code == Errc::StoreError;
        const bool is_kept = payload_of(*client->fetch(first.key)) == first.payload;
        ::_exit(is_told && is_kept ? 0 : 1);
    }
    EXPECT_EQ(wait_for(child), 0);
}

// Runs the work in a process of another pid namespace, as a container has one.
template <class Work>
int in_container(Work work) {
    const pid_t outer = ::fork();
    if (outer == 0) {
        if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) ::_exit(99);
        const pid_t inner = ::fork();
        if (inner == 0) {
            if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                ::mount("proc", "/proc", "proc", 0, nullptr) != 0)
                ::_exit(99);
            ::_exit(work());
        }
        ::_exit(wait_for(inner));
    }
    return wait_for(outer);
}

TEST(LmdbProcesses, AnotherContainerIsRefusedWhileTheFirstIsThere) {
    if (::geteuid() != 0) return;  // only root can make one
    EmbeddedDirectory files;
    auto client = files.client();
    const Session session("a", "content");
    ASSERT_TRUE(client->put(session.put(*client)));
    const auto refused = [&] {
        const auto reply = files.client()->fetch(session.key);
        const bool is_told = !reply && reply.error().code == Errc::BadConfig &&
                             std::string(reply.error().detail).find("another container or host") !=
                                 std::string::npos;
        return is_told ? 0 : 1;
    };
    EXPECT_EQ(in_container(refused), 0);
    EXPECT_EQ(payload_of(*client->fetch(session.key)), "content");
}

// As a container that was made anew with the same volume.
TEST(LmdbProcesses, AnotherContainerGetsTheSessionsOfOneThatIsGone) {
    if (::geteuid() != 0) return;  // only root can make one
    EmbeddedDirectory files;
    auto client = files.client();
    const Session session("a", "content");
    ASSERT_TRUE(client->put(session.put(*client)));
    client.reset();
    EXPECT_EQ(in_container([&] {
                  const auto next = files.client();
                  const bool is_there = payload_of(*next->fetch(session.key)) == "content";
                  const Session more("b", "more");
                  return is_there && next->put(more.put(*next)) ? 0 : 1;
              }),
              0);
    EXPECT_EQ(payload_of(*files.client()->fetch(key_of("b"))), "more");
}

TEST(LmdbProcesses, AnotherHostThatTakesTheFilesIsTold) {
    EmbeddedDirectory files;
    const auto client = files.client();
    ASSERT_TRUE(client->probe());
    // As a host does that cannot see this one's locks.
    ASSERT_EQ(::unlink(files.file("locks").c_str()), 0);
    std::FILE* const note = std::fopen(files.file("locks").c_str(), "w");
    ASSERT_EQ(::chmod(files.file("locks").c_str(), 0600), 0);
    std::fputs("00000000-0000-0000-0000-000000000000 1\n", note);
    std::fclose(note);
    const auto reply = client->fetch(key_of("a"));
    ASSERT_FALSE(reply);
    EXPECT_NE(std::string(reply.error().detail).find("another container or host"),
              std::string::npos)
        << reply.error().detail;
}

// As `ulimit -v` does, beyond what this process has already.
void leave_address_space(rlim_t megabytes) {
    unsigned long pages = 0;
    std::FILE* const file = std::fopen("/proc/self/statm", "r");
    if (std::fscanf(file, "%lu", &pages) != 1) ::_exit(98);
    std::fclose(file);
    const rlim_t limit = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + (megabytes << 20);
    const rlimit both{limit, limit};
    ::setrlimit(RLIMIT_AS, &both);
}

TEST(LmdbProcesses, WithoutAddressSpaceTheSizeIsNamed) {
    EmbeddedDirectory files(1024);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        leave_address_space(256);
        const auto refused = files.client()->fetch(key_of("a"));
        const bool is_named =
            !refused && std::string(refused.error().detail).find("size_mb=") != std::string::npos;
        ASSERT_TRUE(files.spec.own.set(kEmbeddedSize,
                                       "16"));  // what the first attempt left does not matter
        const Session session("a", "x");
        const auto client = files.client();
        ::_exit(is_named && client->put(session.put(*client)) ? 0 : 1);
    }
    EXPECT_EQ(wait_for(child), 0);
}

TEST(LmdbProcesses, ManyWorkersOfOneProcessShareTheFile) {
    EmbeddedDirectory files;
    std::vector<std::unique_ptr<StoreClient>> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(files.client());
        const Session session(std::to_string(i), "content of " + std::to_string(i));
        ASSERT_TRUE(clients.back()->put(session.put(*clients.back())));
    }
    for (int i = 0; i < 200; ++i) {
        const auto& client = clients[static_cast<std::size_t>(i * 7 % 200)];
        EXPECT_EQ(payload_of(*client->fetch(key_of(std::to_string(i)))),
                  "content of " + std::to_string(i));
    }
    clients.erase(clients.begin(), clients.begin() + 199);
    EXPECT_TRUE(clients.front()->fetch(key_of("1"))->found);
}

TEST(LmdbProcesses, ThreadsLoseNothingEither) {
    EmbeddedDirectory files;
    std::vector<std::thread> threads;
    for (int number = 0; number < kProcesses; ++number)
        threads.emplace_back([&, number] {
            const auto client = files.client();
            for (int done = 0; done < kIncrements;) {
                const auto read = client->fetch(key_of("counter"));
                const auto nonce = static_cast<std::uint32_t>(number * kIncrements + done + 1);
                if (increment(*client, *read, nonce, std::nullopt)) ++done;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(counter(files), kProcesses * kIncrements);
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
