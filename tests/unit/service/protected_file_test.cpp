// SPDX-License-Identifier: BSD-3-Clause
// Which files may hold a secret, and what is said of others.
#include "service/protected_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/temporary_directory.h"

namespace sessmirror::service {
namespace {

class ProtectedFile : public ::testing::Test {
  protected:
    void write(const std::string& text, mode_t mode = 0600) {
        const int fd = ::open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        ::fchmod(fd, mode);
        ::close(fd);
    }
    void expect_refused(const std::string& reason) {
        const auto text = read_protected_file(path_);
        ASSERT_FALSE(text) << "not: " << reason;
        EXPECT_EQ(text.error().code, Errc::BadConfig);
        const std::string detail = text.error().detail;
        EXPECT_NE(detail.find(path_), std::string::npos) << detail;
        EXPECT_NE(detail.find(reason), std::string::npos) << detail;
        EXPECT_EQ(detail.find("hush"), std::string::npos) << detail;
    }

    test::TemporaryDirectory directory_;
    std::string path_ = directory_.path() + "/secret";
};

TEST_F(ProtectedFile, GivesTheTextWithoutTheEndOfItsLine) {
    for (const mode_t mode : {0600, 0640, 0400, 0440}) {
        write("hush hush\r\n\n", mode);
        const auto text = read_protected_file(path_);
        ASSERT_TRUE(text) << text.error().detail;
        EXPECT_EQ(*text, "hush hush");
    }
}

TEST_F(ProtectedFile, OneThatOthersMayOpenIsRefusedWithItsMode) {
    for (const mode_t mode : {0644, 0604, 0660, 0620, 0700, 0610}) {
        write("hush", mode);
        char octal[8];
        std::snprintf(octal, sizeof octal, "%04o", static_cast<unsigned>(mode));
        expect_refused("its mode must be 0600 or 0640, and is " + std::string(octal));
    }
}

TEST_F(ProtectedFile, OneOfAnotherUserIsRefused) {
    if (::geteuid() != 0) return;  // only root can make one
    write("hush");
    ASSERT_EQ(::chown(path_.c_str(), 65534, 0), 0);
    expect_refused("its owner must be root or user 0, and is user 65534");
}

TEST_F(ProtectedFile, OneThatCannotBeASecretIsRefused) {
    expect_refused("No such file or directory");
    write("\n \n");
    expect_refused("it is empty");
    write(std::string("hush\0hush", 9));
    expect_refused("a zero byte");
    write(std::string(kMaxProtectedFile + 1, 'x'));
    expect_refused("more than 65536 bytes");
    ::unlink(path_.c_str());
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    expect_refused("it is no regular file");
    path_ = "secret";
    expect_refused("must be absolute");
}

}  // namespace
}  // namespace sessmirror::service
