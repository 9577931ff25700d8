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

TEST_F(EmbeddedFilesTest, ASymbolicLinkIsRefused) {
    store("a");
    for (const char* suffix : kSuffixes) {
        const std::string target = files_.path() + "/target";
        ASSERT_EQ(::rename(files_.file(suffix).c_str(), target.c_str()), 0);
        ASSERT_EQ(::symlink(target.c_str(), files_.file(suffix).c_str()), 0);
        expect_refused(std::string(suffix) == "locks" ? "it is a symbolic link"
                                                      : "it is no regular file");
        ASSERT_EQ(::rename(target.c_str(), files_.file(suffix).c_str()), 0);
    }
    EXPECT_TRUE(is_stored("a"));
}

TEST_F(EmbeddedFilesTest, AnotherUsersFileIsRefused) {
    if (::geteuid() != 0) return;  // only root can make one
    store("a");
    for (const char* suffix : kSuffixes) {
        ASSERT_EQ(::chown(files_.file(suffix).c_str(), 65534, 65534), 0);
        expect_refused("it belongs to another user");
        ASSERT_EQ(::chown(files_.file(suffix).c_str(), 0, 0), 0);
    }
    EXPECT_TRUE(is_stored("a"));
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

TEST_F(EmbeddedFilesTest, TheSizeIsThatOfTheFirstWhoOpened) {
    const auto first = files_.client();
    ASSERT_TRUE(first->probe());
    files_.spec.size_mb = 8;
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
