// SPDX-License-Identifier: BSD-3-Clause
// Which files the embedded store uses, and which it must not.
#ifdef SESSMIRROR_WITH_LMDB

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "support/embedded_client.h"

namespace sessmirror::store {
namespace {

using test::EmbeddedDirectory;
using test::key_of;
using test::Session;

constexpr const char* kSuffixes[] = {"mdb", "mdb-lock", "locks"};

class EmbeddedFilesTest : public ::testing::Test {
  protected:
    void expect_refused(std::string_view reason) {
        const auto reply = files_.client()->fetch(key_of("a"));
        ASSERT_FALSE(reply) << "not: " << reason;
        EXPECT_EQ(reply.error().code, Errc::BadConfig);
        EXPECT_NE(std::string_view(reply.error().detail).find(reason), std::string_view::npos)
            << reply.error().detail;
    }
    void store(const std::string& id) {
        const auto client = files_.client();
        const Session session(id, "x");
        const auto reply = client->put(session.put(*client));
        ASSERT_TRUE(reply) << reply.error().detail;
    }
    bool is_stored(const std::string& id) { return files_.client()->fetch(key_of(id))->found; }
    // The next worker uses another set, and says what is wrong with this one.
    void expect_passed_over(const std::string& file, std::string_view reason) {
        EXPECT_FALSE(is_stored("a")) << file;
        const std::string told = files_.told();
        EXPECT_NE(told.find(file + ": " + std::string(reason)), std::string::npos) << told;
        EXPECT_NE(told.find("it uses"), std::string::npos) << told;
    }
    static bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }
    void touch(const std::string& path) {
        const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY, 0644);
        ASSERT_GE(fd, 0);
        ::close(fd);
    }

    EmbeddedDirectory files_;
};

TEST_F(EmbeddedFilesTest, NobodyElseMayOpenThem) {
    const mode_t before = ::umask(0);
    store("a");
    ::umask(before);
    for (const char* suffix : kSuffixes) {
        struct stat found {};
        ASSERT_EQ(::stat(files_.file(suffix).c_str(), &found), 0) << suffix;
        EXPECT_EQ(found.st_mode & 07777, 0600u) << suffix;
    }
}

TEST_F(EmbeddedFilesTest, ASymbolicLinkIsPassedOver) {
    store("a");
    for (const char* suffix : kSuffixes) {
        const std::string target = files_.path() + "/target";
        ASSERT_EQ(::rename(files_.file(suffix).c_str(), target.c_str()), 0);
        ASSERT_EQ(::symlink(target.c_str(), files_.file(suffix).c_str()), 0);
        expect_passed_over(files_.file(suffix), "it is a symbolic link");
        ASSERT_EQ(::rename(target.c_str(), files_.file(suffix).c_str()), 0);
    }
    EXPECT_TRUE(is_stored("a"));
}

TEST_F(EmbeddedFilesTest, AnotherUsersFileIsPassedOver) {
    if (::geteuid() != 0) return;  // only root can make one
    store("a");
    for (const char* suffix : kSuffixes) {
        ASSERT_EQ(::chown(files_.file(suffix).c_str(), 65534, 65534), 0);
        expect_passed_over(files_.file(suffix), "it belongs to another user");
        ASSERT_EQ(::chown(files_.file(suffix).c_str(), 0, 0), 0);
    }
    EXPECT_TRUE(is_stored("a"));
}

// With an old kernel anybody can give another file of this user one of these names.
TEST_F(EmbeddedFilesTest, AFileWithASecondNameIsPassedOver) {
    store("a");
    for (const char* suffix : kSuffixes) {
        const std::string second = files_.path() + "/second";
        ASSERT_EQ(::link(files_.file(suffix).c_str(), second.c_str()), 0);
        expect_passed_over(files_.file(suffix), "it has a second name");
        ASSERT_EQ(::unlink(second.c_str()), 0);
    }
    EXPECT_TRUE(is_stored("a"));
}

TEST_F(EmbeddedFilesTest, SomethingElseOfThatNameIsPassedOver) {
    ASSERT_EQ(::mkdir(files_.file("locks").c_str(), 0700), 0);
    ASSERT_EQ(::mkfifo(files_.file("locks", 2).c_str(), 0600), 0);
    store("a");
    EXPECT_TRUE(is_stored("a"));
    EXPECT_TRUE(exists(files_.file("mdb", 3)));
    ASSERT_EQ(::rmdir(files_.file("locks").c_str()), 0);
}

// What a stranger takes away again must not part the workers.
TEST_F(EmbeddedFilesTest, TheSetInUseStaysWhenAnEarlierNameBecomesFree) {
    ASSERT_EQ(::symlink("/nowhere", files_.file("locks").c_str()), 0);
    store("a");
    ASSERT_EQ(::unlink(files_.file("locks").c_str()), 0);
    EXPECT_TRUE(is_stored("a"));
    EXPECT_FALSE(exists(files_.file("locks")));
}

TEST_F(EmbeddedFilesTest, WithoutAnyNameLeftTheFirstIsNamedWithItsReason) {
    for (int set = 1; set <= EmbeddedFiles::kNames; ++set)
        ASSERT_EQ(::symlink("/nowhere", files_.file("mdb", set).c_str()), 0);
    expect_refused(files_.file("mdb") + ": it is a symbolic link, and so it is with the 7 other");
}

TEST_F(EmbeddedFilesTest, AFileThatOthersMayOpenIsRefused) {
    store("a");
    for (const char* suffix : kSuffixes) {
        ASSERT_EQ(::chmod(files_.file(suffix).c_str(), 0640), 0);
        expect_refused("other users may open it");
        ASSERT_EQ(::chmod(files_.file(suffix).c_str(), 0600), 0);
    }
    EXPECT_TRUE(is_stored("a"));
}

TEST_F(EmbeddedFilesTest, ADirectoryWhereEverybodyReplacesFilesIsRefused) {
    ASSERT_EQ(::chmod(files_.path().c_str(), 0777), 0);
    expect_refused("make it sticky");
    ASSERT_EQ(::chmod(files_.path().c_str(), 01777), 0);
    store("a");
}

TEST_F(EmbeddedFilesTest, ADirectoryThatIsNotThereIsNamed) {
    files_.spec.host += "/missing";
    expect_refused("missing: No such file or directory");
}

TEST_F(EmbeddedFilesTest, AFileIsNoDirectory) {
    store("a");
    files_.spec.host = files_.file("mdb");
    expect_refused("it is no directory");
}

// Without a single sync a file cannot be trusted after a crash of the system.
TEST_F(EmbeddedFilesTest, WhatAnEarlierBootLeftIsDeleted) {
    store("a");
    ASSERT_TRUE(is_stored("a"));
    const int fd = ::open(files_.file("locks").c_str(), O_WRONLY);
    ASSERT_EQ(::pwrite(fd, "00000000", 8, 0), 8);
    ::close(fd);
    EXPECT_FALSE(is_stored("a"));
    store("b");
    EXPECT_TRUE(is_stored("b"));
}

// Workers that run see it at once; otherwise two sets of sessions would be in use.
TEST_F(EmbeddedFilesTest, DeletedFilesAreMissedByTheNextRequestOfARunningWorker) {
    for (const std::string suffix : kSuffixes) {
        const auto running = files_.client();
        const Session before("before", "x");
        ASSERT_TRUE(running->put(before.put(*running))) << suffix;
        ASSERT_EQ(::unlink(files_.file(suffix).c_str()), 0);
        store("a");  // by another worker
        EXPECT_TRUE(running->fetch(key_of("a"))->found) << suffix;
        EXPECT_FALSE(files_.client()->fetch(before.key)->found) << suffix;
        const Session after("after", "x");
        ASSERT_TRUE(running->put(after.put(*running))) << suffix;
        EXPECT_TRUE(is_stored("after")) << suffix;
        for (const char* one : kSuffixes) ASSERT_EQ(::unlink(files_.file(one).c_str()), 0);
    }
}

TEST_F(EmbeddedFilesTest, ALockInADeletedFileIsKnownToBeLost) {
    const auto running = files_.client();
    const Session session("a", "x");
    const auto locked = running->lock(session.key, "page");
    ASSERT_EQ(locked->lock, LockState::Granted);
    ASSERT_EQ(::unlink(files_.file("locks").c_str()), 0);
    auto request = session.put(*running);
    request.unlock = locked->holder;
    const auto reply = running->put(request);
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->lock_lost);
    EXPECT_TRUE(is_stored("a"));
}

TEST_F(EmbeddedFilesTest, FilesThatWereMovedAwayAreMissedWithinAMinute) {
    const auto running = files_.client();
    ASSERT_TRUE(running->probe());
    running->store().flush();
    for (const char* suffix : kSuffixes)
        ASSERT_EQ(::rename(files_.file(suffix).c_str(), files_.file(suffix, 99).c_str()), 0);
    store("a");
    files_.clock.unix += 61;
    running->store().flush();
    EXPECT_TRUE(running->fetch(key_of("a"))->found);
}

void overwrite(const std::string& path, off_t from, off_t size) {
    const std::string garbage(static_cast<std::size_t>(size), '\x5a');
    const int fd = ::open(path.c_str(), O_WRONLY);
    ASSERT_EQ(::pwrite(fd, garbage.data(), garbage.size(), from), size);
    ::close(fd);
}

TEST_F(EmbeddedFilesTest, ADamagedFileIsSetAsideWithAWarning) {
    store("a");
    overwrite(files_.file("mdb"), 0, 8192);  // what LMDB looks at first
    store("b");
    const std::string told = files_.told();
    EXPECT_NE(told.find(files_.file("mdb") + " is damaged"), std::string::npos) << told;
    EXPECT_NE(told.find("kept as *.damaged"), std::string::npos) << told;
    EXPECT_TRUE(is_stored("b"));
    EXPECT_FALSE(is_stored("a"));
    EXPECT_TRUE(exists(files_.file("mdb.damaged")));
    EXPECT_EQ(files_.told(), "");
}

TEST_F(EmbeddedFilesTest, ARunningWorkerFollowsToTheFileThatReplacesADamagedOne) {
    const auto running = files_.client();
    ASSERT_TRUE(running->probe());
    const auto second = files_.client();
    ASSERT_TRUE(second->probe());
    overwrite(files_.file("mdb"), 0, 8192);
    EXPECT_FALSE(running->fetch(key_of("b")));  // meets the damage
    const Session session("b", "x");
    ASSERT_TRUE(running->put(session.put(*running)));
    EXPECT_TRUE(second->fetch(session.key)->found);
    EXPECT_TRUE(is_stored("b"));
}

TEST_F(EmbeddedFilesTest, ATruncatedFileIsDamaged) {
    for (int i = 0; i < 100; ++i) store(std::to_string(i));
    ASSERT_EQ(::truncate(files_.file("mdb").c_str(), 12'288), 0);
    store("b");
    EXPECT_NE(files_.told().find("is damaged"), std::string::npos);
    EXPECT_TRUE(is_stored("b"));
}

TEST_F(EmbeddedFilesTest, DamageThatAReaderMeetsCostsOneRequest) {
    const auto running = files_.client();
    for (int i = 0; i < 2000; ++i) {
        const Session session(std::to_string(i), "x");
        ASSERT_TRUE(running->put(session.put(*running)));
    }
    // All but the first pages: what the tree consists of.
    const int fd = ::open(files_.file("mdb").c_str(), O_WRONLY);
    const std::string nothing(2'000'000, '\0');
    ASSERT_EQ(::pwrite(fd, nothing.data(), nothing.size(), 8192),
              static_cast<ssize_t>(nothing.size()));
    ::close(fd);
    const auto met = running->fetch(key_of("1"));
    ASSERT_FALSE(met);
    EXPECT_EQ(met.error().code, Errc::StoreError);
    const Session session("b", "x");
    ASSERT_TRUE(running->put(session.put(*running)));
    EXPECT_NE(files_.told().find("is damaged"), std::string::npos);
    EXPECT_TRUE(is_stored("b"));
}

TEST_F(EmbeddedFilesTest, TheSizeIsThatOfTheFirstWhoOpened) {
    const auto first = files_.client();
    ASSERT_TRUE(first->probe());
    ASSERT_TRUE(files_.spec.own.set(kEmbeddedSize, "8"));
    const auto second = files_.client();
    ASSERT_TRUE(second->probe());
    const Session large("a", std::string(1'500'000, 'x'));
    for (int i = 0; i < 6; ++i) {
        const Session session(std::to_string(i), large.payload);
        EXPECT_TRUE(first->put(session.put(*first))) << i;
        EXPECT_TRUE(second->fetch(session.key)->found) << i;
    }
}

}  // namespace
}  // namespace sessmirror::store

#endif  // SESSMIRROR_WITH_LMDB
