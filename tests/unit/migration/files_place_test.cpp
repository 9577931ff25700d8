// SPDX-License-Identifier: BSD-3-Clause
#include "migration/files_place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_directory.h"

namespace sessmirror::migration {
namespace {

constexpr std::uint32_t kLifetime = 1440;
const std::string kId = "0123456789abcdefghijklmnop";

class FilesOfTheOldHandler : public testing::Test {
  protected:
    FilesPlace place(std::uint32_t depth = 0) {
        PlaceSpec spec;
        spec.path = folder_.path();
        spec.depth = depth;
        return {spec, loop_, 1000};
    }
    std::string store(const std::string& content) {
        std::string path = folder_.path() + "/sess_" + kId;
        std::ofstream(path) << content;
        return path;
    }
    static void set_age(const std::string& path, std::int64_t seconds) {
        const timeval then{::time(nullptr) - seconds, 0};
        const timeval times[] = {then, then};
        ASSERT_EQ(::utimes(path.c_str(), times), 0);
    }
    TimePoint soon() { return loop_.now() + milliseconds(50); }

    test::TemporaryDirectory folder_;
    net::EventLoop loop_;
};

TEST_F(FilesOfTheOldHandler, AreReadWithTheLifetimeThatTheyHaveLeft) {
    auto files = place();
    const auto none = files.read(kId, kLifetime, Held::No, soon());
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->session);
    set_age(store("user|s:3:\"ada\";"), 1000);
    const auto found = files.read(kId, kLifetime, Held::No, soon());
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(found->session);
    EXPECT_EQ(as_text(found->session->content), "user|s:3:\"ada\";");
    EXPECT_LE(found->session->lifetime_s, 440u);
    EXPECT_GE(found->session->lifetime_s, 430u);
}

TEST_F(FilesOfTheOldHandler, AreGoneWhenTheirTimeIsOver) {
    set_age(store("late"), kLifetime + 1);
    const auto found = place().read(kId, kLifetime, Held::No, soon());
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->session);
}

TEST_F(FilesOfTheOldHandler, MayLieInFoldersByTheirFirstCharacters) {
    std::filesystem::create_directories(folder_.path() + "/0/1");
    std::ofstream(folder_.path() + "/0/1/sess_" + kId) << "deep";
    const auto found = place(2).read(kId, kLifetime, Held::No, soon());
    ASSERT_TRUE(found && found->session);
    EXPECT_EQ(as_text(found->session->content), "deep");
}

TEST_F(FilesOfTheOldHandler, AreNotReadWhileAPageWritesThem) {
    const std::string path = store("old");
    const int page = ::open(path.c_str(), O_RDWR);
    ASSERT_EQ(::flock(page, LOCK_EX), 0);
    auto files = place();
    const auto held = files.read(kId, kLifetime, Held::No, soon());
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, Errc::LockTimeout);
    ::close(page);
    const auto free = files.read(kId, kLifetime, Held::No, soon());
    EXPECT_TRUE(free && free->session);
}

TEST_F(FilesOfTheOldHandler, ThatAreTooLargeOrNoFilesAreRefused) {
    auto files = place();
    const std::string path = store(std::string(1001, 'x'));
    auto found = files.read(kId, kLifetime, Held::No, soon());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::TooLarge);
    std::filesystem::remove(path);
    std::filesystem::create_symlink("/etc/passwd", path);
    EXPECT_FALSE(files.read(kId, kLifetime, Held::No, soon()));
    std::filesystem::remove(path);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    found = files.read(kId, kLifetime, Held::No, soon());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::Unreadable);
}

TEST_F(FilesOfTheOldHandler, AreRemoved) {
    const std::string path = store("x");
    auto files = place();
    EXPECT_TRUE(files.erase(kId, soon()));
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_TRUE(files.erase(kId, soon()));
}

TEST_F(FilesOfTheOldHandler, NoMessageShowsAnId) {
    store("x");
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0700), 0);
    const std::string path = folder_.path() + "/sess_" + kId;
    std::filesystem::remove(path);
    std::filesystem::create_symlink("x", path);
    const auto found = place().read(kId, kLifetime, Held::No, soon());
    ASSERT_FALSE(found);
    EXPECT_EQ(std::string(found.error().detail).find(kId), std::string::npos);
    EXPECT_NE(std::string(found.error().detail).find(folder_.path()), std::string::npos);
}

}  // namespace
}  // namespace sessmirror::migration
