// SPDX-License-Identifier: BSD-3-Clause
// A site moves here host by host: pages of the old handler and of this one serve the same visitors.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "pool/host_page.h"
#include "service/session_service.h"
#include "support/old_handler.h"
#include "support/real_memcached.h"
#include "support/real_redis.h"
#include "support/temporary_directory.h"

namespace sessmirror::service {
namespace {

constexpr std::int64_t kLifetime = 1440;
const std::string kId = "0123456789abcdefghijklmnop";

class NewHost {
  public:
    explicit NewHost(const std::string& places, Locking locking = Locking::On) {
        options_.locking = locking;
        options_.local = store_.spec().name();
        options_.import_from = places;
        options_.export_to = places;
        options_.lock_wait = std::chrono::milliseconds(300);
    }
    Options& options() { return options_; }
    std::unique_ptr<Session> open() {
        auto session = service_.open(options_, store_.spec().name());
        EXPECT_TRUE(session) << session.error().detail;
        return std::move(*session);
    }
    std::string read(const std::string& id = kId) {
        const auto session = open();
        const auto loaded = session->read(id, kLifetime);
        if (!loaded) return loaded.error().detail;
        return loaded->exists ? std::string(as_text(loaded->payload)) : "(none)";
    }
    void write(const std::string& payload, const std::string& id = kId) {
        const auto session = open();
        ASSERT_TRUE(session->read(id, kLifetime));
        const auto written =
            session->write(id, as_bytes(payload), kLifetime, record::Serialization::Php);
        EXPECT_TRUE(written) << written.error().detail;
    }
    void destroy() { EXPECT_TRUE(open()->destroy(kId, kLifetime)); }
    void forget_everything() { (void)store_.ask("flush_all\r\n"); }
    [[nodiscard]] std::uint64_t counted(pool::Counter counter) const {
        return page_->value(counter);
    }

  private:
    test::RealMemcached store_;
    Options options_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    SessionService service_{*page_};
};

class BesideTheOldHandler : public testing::TestWithParam<Locking> {
  protected:
    [[nodiscard]] std::string file() const { return folder_.path() + "/sess_" + kId; }
    // A page of an old host.
    void old_host_writes(const std::string& content) { std::ofstream(file()) << content; }
    void old_host_destroys() { std::filesystem::remove(file()); }
    [[nodiscard]] std::string old_host_reads() const {
        std::stringstream text;
        text << std::ifstream(file()).rdbuf();
        return text.str();
    }

    test::TemporaryDirectory folder_;
    NewHost host_{"files://" + folder_.path(), GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Locking, BesideTheOldHandler,
                         testing::Values(Locking::On, Locking::Optimistic, Locking::Off),
                         [](const auto& kind) {
                             return std::string(kind.param == Locking::On           ? "On"
                                                : kind.param == Locking::Optimistic ? "Optimistic"
                                                                                    : "Off");
                         });

TEST_P(BesideTheOldHandler, ChangesGoForthAndBack) {
    old_host_writes("n|i:0;");
    for (int i = 1; i < 6; i += 2) {
        EXPECT_EQ(host_.read(), "n|i:" + std::to_string(i - 1) + ";");
        host_.write("n|i:" + std::to_string(i) + ";");
        EXPECT_EQ(old_host_reads(), "n|i:" + std::to_string(i) + ";");
        old_host_writes("n|i:" + std::to_string(i + 1) + ";");
    }
    EXPECT_EQ(host_.read(), "n|i:6;");
    EXPECT_EQ(host_.counted(pool::Counter::ExportFailures), 0u);
    EXPECT_EQ(host_.counted(pool::Counter::ImportFailures), 0u);
}

TEST_P(BesideTheOldHandler, ASessionThatBeginsHereIsOneThereToo) {
    {
        const auto session = host_.open();
        session->created(kId);
        ASSERT_TRUE(session->read(kId, kLifetime));
        EXPECT_TRUE(session->write(kId, as_bytes("n|i:1;"), kLifetime, record::Serialization::Php));
    }
    EXPECT_EQ(old_host_reads(), "n|i:1;");
    EXPECT_EQ(host_.counted(pool::Counter::Exported), 1u);
}

TEST_P(BesideTheOldHandler, ALogOutIsOneOnBothSides) {
    host_.write("n|i:1;");
    host_.destroy();
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_FALSE(std::filesystem::exists(file() + ".sm"));
    EXPECT_EQ(host_.read(), "(none)");
}

TEST_P(BesideTheOldHandler, ALogOutThereIsOneHere) {
    host_.write("n|i:1;");
    old_host_destroys();
    EXPECT_EQ(host_.read(), "(none)");
    old_host_writes("n|i:1;");  // a page that had been there at the same time
    EXPECT_EQ(host_.read(), "(none)");
}

// The export failed, or the place was restored from a backup: nobody has written there since.
TEST_P(BesideTheOldHandler, WhatIsBehindThereIsNoNews) {
    host_.write("n|i:1;");
    const std::string old = old_host_reads();
    std::filesystem::copy(file() + ".sm", folder_.path() + "/kept");
    host_.write("n|i:2;");
    old_host_writes(old);
    std::filesystem::copy(folder_.path() + "/kept", file() + ".sm",
                          std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(host_.read(), "n|i:2;");
    EXPECT_EQ(old_host_reads(), "n|i:2;");
}

// Import alone came first, so that what is there is from before.
TEST_P(BesideTheOldHandler, WhatWasNeverExportedIsNoNews) {
    old_host_writes("n|i:1;");
    const std::string places = std::exchange(host_.options().export_to, "");
    host_.write("n|i:2;");
    EXPECT_EQ(old_host_reads(), "n|i:1;");
    host_.options().export_to = places;
    EXPECT_EQ(host_.read(), "n|i:2;");
    EXPECT_EQ(old_host_reads(), "n|i:2;");
}

TEST_P(BesideTheOldHandler, APlaceThatHasLostAllIsFilledByTheNextPages) {
    host_.write("n|i:1;");
    std::filesystem::remove(file());
    std::filesystem::remove(file() + ".sm");
    EXPECT_EQ(host_.read(), "n|i:1;");
    EXPECT_EQ(old_host_reads(), "n|i:1;");
}

TEST_P(BesideTheOldHandler, WhatTheStoresHaveLostComesBackFromThere) {
    host_.write("n|i:1;");
    host_.forget_everything();
    EXPECT_EQ(host_.read(), "n|i:1;");
}

TEST_P(BesideTheOldHandler, APageWaitsForTheLockOfThatHandler) {
    if (GetParam() != Locking::On) return;
    host_.write("n|i:1;");
    const int page = ::open(file().c_str(), O_RDWR);
    ASSERT_EQ(::flock(page, LOCK_EX), 0);
    EXPECT_NE(host_.read().find("holds the session's lock"), std::string::npos);
    host_.options().lock_wait = std::chrono::seconds(10);
    std::thread old_page([&] {
        std::this_thread::yield();
        EXPECT_EQ(::pwrite(page, "n|i:2;", 6, 0), 6);
        ::close(page);
    });
    EXPECT_EQ(host_.read(), "n|i:2;");
    old_page.join();
}

TEST_P(BesideTheOldHandler, ThatHandlersPagesWaitForOurs) {
    if (GetParam() != Locking::On) return;
    host_.write("n|i:1;");
    const int page = ::open(file().c_str(), O_RDWR);
    {
        const auto session = host_.open();
        ASSERT_TRUE(session->read(kId, kLifetime));
        EXPECT_NE(::flock(page, LOCK_EX | LOCK_NB), 0);
        EXPECT_TRUE(session->write(kId, as_bytes("n|i:2;"), kLifetime, record::Serialization::Php));
    }
    EXPECT_EQ(::flock(page, LOCK_EX | LOCK_NB), 0);
    ::close(page);
    EXPECT_EQ(old_host_reads(), "n|i:2;");
}

TEST_P(BesideTheOldHandler, WhereItIsAwayPagesGoOnAndItIsTold) {
    NewHost host("memcached://127.0.0.1:1", GetParam());
    host.options().import_from = "";
    host.write("n|i:1;");
    EXPECT_EQ(host.read(), "n|i:1;");
    EXPECT_GT(host.counted(pool::Counter::ExportFailures), 0u);
}

// ---- with the real handlers

struct Old {
    std::string place;
    test::OldHandler handler;
};

void expect_to_move_forth_and_back(const Old& old) {
    NewHost host(old.place);
    old.handler.store(kId, "$_SESSION['n'] = 1;");
    EXPECT_EQ(host.read(), "n|i:1;") << old.place;
    host.write("n|i:2;");
    EXPECT_EQ(old.handler.page(kId, "echo $_SESSION['n']++;"), "2") << old.place;
    EXPECT_EQ(host.read(), "n|i:3;") << old.place;
    host.write("n|i:4;");
    EXPECT_EQ(old.handler.page(kId, "echo $_SESSION['n']; session_destroy();"), "4") << old.place;
    EXPECT_EQ(host.read(), "(none)") << old.place;
    const std::string other = kId + "2";
    host.write("n|i:5;", other);
    EXPECT_EQ(old.handler.page(other, "echo $_SESSION['n'];"), "5") << old.place;
    EXPECT_EQ(host.counted(pool::Counter::ExportFailures), 0u) << old.place;
    EXPECT_EQ(host.counted(pool::Counter::ImportFailures), 0u) << old.place;
}

TEST(BesideEachHandler, VisitorsMoveForthAndBack) {
    const test::RealMemcached memcached;
    const test::RealRedis redis;
    const test::TemporaryDirectory folder;
    const std::string cache = memcached.spec().host + ":" + std::to_string(memcached.spec().port);
    const std::string server = redis.spec().host + ":" + std::to_string(redis.spec().port);
    const auto handler = [](const std::string& name, const std::string& path,
                            const std::string& more = "session.name=PHPSESSID") {
        return test::OldHandler(
            {"session.save_handler=" + name, "session.save_path=" + path, more});
    };
    expect_to_move_forth_and_back({"memcached://" + cache, handler("memcached", cache)});
    expect_to_move_forth_and_back({"memcache://" + cache, handler("memcache", "tcp://" + cache)});
    expect_to_move_forth_and_back(
        {"redis://" + server,
         handler("redis", "tcp://" + server, "redis.session.locking_enabled=1")});
    expect_to_move_forth_and_back({"files://" + folder.path(), handler("files", folder.path())});
}

// A memcached that refuses a session has dropped the one before; that is no log-out.
TEST(BesideEachHandler, ASessionThatIsTooLargeForThatHandlerStaysHere) {
    const test::RealMemcached memcached;
    NewHost host("memcached://" + memcached.spec().host + ":" +
                 std::to_string(memcached.spec().port));
    host.write("n|i:1;");
    const std::string large = "s|s:1500000:\"" + std::string(1'500'000, 'x') + "\";";
    host.write(large);
    EXPECT_GT(host.counted(pool::Counter::ExportFailures), 0u);
    EXPECT_TRUE(host.read() == large);
    EXPECT_TRUE(host.read() == large);
    host.write("n|i:2;");
    EXPECT_TRUE(memcached.ask("get memc.sess.key." + kId + "\r\n", "END\r\n").find("n|i:2;") !=
                std::string::npos);
}

TEST(BesideEachHandler, TheirLocksAreOurs) {
    const test::RealMemcached memcached;
    const test::RealRedis redis;
    const std::string cache = memcached.spec().host + ":" + std::to_string(memcached.spec().port);
    const std::string server = redis.spec().host + ":" + std::to_string(redis.spec().port);
    for (const std::string& place :
         {"memcached://" + cache, "memcache://" + cache, "redis://" + server}) {
        NewHost host(place);
        NewHost other(place);  // with stores of its own, as a page of the old handler
        other.options().lock_wait = std::chrono::milliseconds(50);
        const auto session = host.open();
        ASSERT_TRUE(session->read(kId, kLifetime));
        EXPECT_NE(other.read().find("holds the session's lock"), std::string::npos) << place;
        session->close();
        EXPECT_EQ(other.read(), "(none)") << place;
    }
    (void)memcached.ask("add memc.sess.key.lock." + kId + " 0 30 1\r\n1\r\n");
    (void)memcached.ask("set " + kId + ".lock 768 30 1\r\n1\r\n");
    (void)redis.command({"SET", "PHPREDIS_SESSION:" + kId + "_LOCK", "host|1"});
    for (const std::string& place :
         {"memcached://" + cache, "memcache://" + cache, "redis://" + server})
        EXPECT_NE(NewHost(place).read().find("holds the session's lock"), std::string::npos)
            << place;
}

}  // namespace
}  // namespace sessmirror::service
