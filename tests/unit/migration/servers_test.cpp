// SPDX-License-Identifier: BSD-3-Clause
// Sessions that the real handlers have stored, on real servers, and servers that are none.
#include <gtest/gtest.h>

#include <zstd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "migration/old_places.h"
#include "pool/host_page.h"
#include "support/fake_server.h"
#include "support/old_handler.h"
#include "support/real_memcached.h"
#include "support/real_redis.h"
#include "support/temporary_directory.h"

namespace sessmirror::migration {
namespace {

constexpr std::uint32_t kLifetime = 1440;
const std::string kId = "0123456789abcdefghijklm,-Z";
const std::string kAda = "$_SESSION['user'] = 'ada';";

class OldServers : public testing::Test {
  protected:
    std::unique_ptr<OldPlaces> places(const std::string& list) {
        auto made = OldPlaces::make(list, {loop_,
                                           resolver_,
                                           compressor_,
                                           *page_,
                                           journal_,
                                           {milliseconds(500), milliseconds(500)},
                                           200'000});
        EXPECT_TRUE(made) << made.error().detail;
        return std::move(*made);
    }
    TimePoint soon() { return loop_.now() + milliseconds(2000); }
    std::string found(OldPlaces& list, const std::string& id = kId) {
        const auto session = list.find(id, kLifetime, Held::No, soon());
        if (!session) return session.error().detail;
        return *session ? std::string(as_text((*session)->content)) : "(none)";
    }
    // The whole way: what the handler stores is found, is the same, and can be removed.
    void expect_taken(const test::OldHandler& handler, const std::string& list) {
        const auto old = places(list);
        EXPECT_EQ(found(*old), "(none)") << list;
        for (const int size : {1, 60'000}) {
            handler.store(
                kId, kAda + "$_SESSION['fat'] = str_repeat('ab1', " + std::to_string(size) + ");");
            const std::string stored = handler.load(kId);
            EXPECT_EQ(found(*old), stored) << list;
            EXPECT_GE(stored.size(), static_cast<std::size_t>(3 * size));
        }
        old->erase(kId, soon());
        EXPECT_EQ(found(*old), "(none)") << list;
        EXPECT_EQ(handler.load(kId), "") << list;
        EXPECT_EQ(page_->value(pool::Counter::ImportFailures), 0u);
    }
    std::string warning() {
        JournalEntry line;
        return journal_.take(line) ? line.text : "";
    }

    net::EventLoop loop_;
    net::Resolver resolver_{loop_};
    record::Compressor compressor_;
    pool::HostPagePtr page_ = pool::make_host_page(7);
    Journal journal_;
};

std::string port_of(const test::RealServer& server) {
    return server.spec().host + ":" + std::to_string(server.spec().port);
}

TEST_F(OldServers, HaveTheSessionsOfTheHandlerMemcached) {
    const test::RealMemcached server;
    const std::string at = port_of(server);
    const std::vector<std::string> base = {"session.save_handler=memcached",
                                           "session.save_path=" + at};
    expect_taken(test::OldHandler(base), "memcached://" + at);
    auto other = base;
    other.insert(other.end(), {"memcached.sess_binary_protocol=0", "memcached.sess_prefix=site."});
    expect_taken(test::OldHandler(other), "memcached://" + at + "?prefix=site.");
}

TEST_F(OldServers, HaveTheSessionsOfTheHandlerMemcache) {
    const test::RealMemcached server;
    const std::string at = port_of(server);
    for (const char* protocol : {"ascii", "binary"}) {
        expect_taken(
            test::OldHandler({"session.save_handler=memcache", "session.save_path=tcp://" + at,
                              std::string("memcache.session_prefix_static_key=") + protocol,
                              std::string("memcache.protocol=") + protocol}),
            "memcache://" + at + "?prefix=" + protocol);
    }
}

TEST_F(OldServers, HaveTheSessionsOfTheHandlerRedis) {
    const test::RealRedis server({.password = "geheim"});
    const std::string at = port_of(server);
    expect_taken(test::OldHandler({"session.save_handler=redis", "session.save_path=\"tcp://" + at +
                                                                     "?auth=geheim&database=3\""}),
                 "redis://:geheim@" + at + "/3");
    expect_taken(test::OldHandler({"session.save_handler=redis",
                                   "session.save_path=\"tcp://" + at + "?auth=geheim&prefix=P:\""}),
                 "redis://:geheim@" + at + "?prefix=P:");
}

TEST_F(OldServers, HaveTheSessionsOfTheHandlerFiles) {
    const test::TemporaryDirectory folder;
    expect_taken(
        test::OldHandler({"session.save_handler=files", "session.save_path=" + folder.path()}),
        "files://" + folder.path());
}

// In whatever way the handler has spread them.
TEST_F(OldServers, AreAskedOneAfterTheOther) {
    const test::RealMemcached first;
    const test::RealMemcached second;
    const test::OldHandler handler({"session.save_handler=memcached",
                                    "session.save_path=" + port_of(first) + "," + port_of(second)});
    const auto old = places("memcached://" + port_of(first) + " memcached://" + port_of(second));
    for (int i = 0; i < 6; ++i) {
        const std::string id = kId + std::to_string(i);
        handler.store(id, kAda);
        EXPECT_EQ(found(*old, id), "user|s:3:\"ada\";");
    }
}

TEST_F(OldServers, MayHavePackedWithZstd) {
    const test::RealRedis server;
    const auto old = places("redis://" + port_of(server));
    const std::string key = "PHPREDIS_SESSION:" + kId;
    const std::string content = "user|s:3:\"ada\";" + std::string(1000, 'x');
    std::string frame(ZSTD_compressBound(content.size()), '\0');
    frame.resize(ZSTD_compress(frame.data(), frame.size(), content.data(), content.size(), 3));
    (void)server.command({"SET", key, frame});
    EXPECT_EQ(found(*old), content);
    frame.resize(frame.size() - 1);
    (void)server.command({"SET", key, frame});
    EXPECT_EQ(found(*old), "(none)");
    EXPECT_NE(warning().find("redis " + port_of(server)), std::string::npos);
}

TEST_F(OldServers, WhatNoHandlerHasStoredCountsAsNotThereAndIsTold) {
    const test::RealMemcached memcached;
    const std::string at = port_of(memcached);
    const auto keep = [&](const std::string& key, int flags, const std::string& value) {
        (void)memcached.ask("set " + key + " " + std::to_string(flags) + " 0 " +
                            std::to_string(value.size()) + "\r\n" + value + "\r\n");
    };
    std::uint64_t expected = 0;
    for (const auto& [flags, value] :
         {std::pair<int, std::string>(80, "fastlz"), {2, "no zlib"}, {1, "serialized"}}) {
        const auto old = places("memcache://" + at);
        keep(kId, flags, value);
        EXPECT_EQ(found(*old), "(none)") << flags;
        EXPECT_EQ(page_->value(pool::Counter::ImportFailures), ++expected);
        EXPECT_NE(warning().find("memcache " + at), std::string::npos);
        EXPECT_EQ(found(*old), "(none)");
        EXPECT_EQ(page_->value(pool::Counter::ImportFailures), ++expected);
        EXPECT_EQ(warning(), "");  // once a minute
    }
    const test::RealRedis redis;
    const auto old = places("redis://" + port_of(redis));
    (void)redis.command({"SET", "PHPREDIS_SESSION:" + kId, std::string(200'001, 'x')});
    EXPECT_EQ(found(*old), "(none)");
    EXPECT_EQ(page_->value(pool::Counter::ImportFailures), ++expected);
}

TEST_F(OldServers, WhatIsPackedIsUnpackedUpToTheLimit) {
    const test::RealMemcached server;
    const std::string at = port_of(server);
    const test::OldHandler handler(
        {"session.save_handler=memcache", "session.save_path=tcp://" + at});
    handler.store(kId, "$_SESSION['fat'] = str_repeat('a', 900000);");
    const auto old = places("memcache://" + at);
    EXPECT_EQ(found(*old), "(none)");
    EXPECT_NE(warning().find("over 200000 bytes"), std::string::npos);
}

TEST_F(OldServers, ThatAreRestartedOrHadClosedTheConnectionAreAskedAnew) {
    test::RealMemcached server;
    const auto old = places("memcached://" + port_of(server));
    EXPECT_EQ(found(*old), "(none)");
    server.kill();
    server.start();
    EXPECT_EQ(found(*old), "(none)");
}

// Nobody waits for it twice in a moment, and nobody begins anew meanwhile.
TEST_F(OldServers, ThatCannotBeAskedFailTheStart) {
    test::RealMemcached server;
    const auto old = places("memcached://" + port_of(server));
    EXPECT_EQ(found(*old), "(none)");
    server.stop();
    EXPECT_NE(found(*old).find("did not answer in time"), std::string::npos);
    const TimePoint before = loop_.now();
    EXPECT_NE(found(*old).find("did not answer in time"), std::string::npos);
    EXPECT_LT(loop_.now() - before, milliseconds(100));
    EXPECT_NE(warning(), "");
    server.resume();
    const TimePoint give_up = loop_.now() + milliseconds(5000);
    while (found(*old) != "(none)" && loop_.now() < give_up) {
    }
    EXPECT_EQ(found(*old), "(none)");
    EXPECT_EQ(
        found(*places("redis://127.0.0.1:" + std::to_string(test::free_port()))).find("(none)"),
        std::string::npos);
}

TEST_F(OldServers, ThatSpeakAnotherProtocolAreNotBelieved) {
    for (const std::string& reply : std::vector<std::string>{
             "VALUE x 0 5\r\nhello\r\nEND\r\n", "VALUE " + kId + " 0 4294967296\r\n",
             "VALUE " + kId + " 0 99999999\r\n", "VALUE " + kId + " 0 5\r\nhello world\r\nEND\r\n",
             "VALUE " + kId + " 0 -1\r\n\r\nEND\r\n", "END\r\nEND\r\n", "\r\n\r\n", "ERROR\r\n",
             std::string(5000, 'x'), "$5\r\nhello\r\n", "*1000000\r\n", "$99999999999\r\n",
             "-ERR no\r\n"}) {
        const test::FakeServer server([&](test::FakePeer& peer, int) {
            (void)peer.read_line();
            peer.send(reply);
            peer.stall();
        });
        for (const char* scheme : {"memcache", "redis"}) {
            const auto old = places(scheme + ("://127.0.0.1:" + std::to_string(server.port())));
            const std::string content = found(*old);
            EXPECT_TRUE(content.find("hello") == std::string::npos)
                << scheme << ": " << reply.substr(0, 60) << ": " << content;
        }
    }
}

TEST_F(OldServers, NodesOfAClusterThatDoNotHaveItSayWhoHas) {
    const test::FakeServer server([](test::FakePeer& peer, int) {
        (void)peer.read_line();
        for (int i = 0; i < 3; ++i) peer.send("-MOVED 3999 127.0.0.1:6381\r\n");
        peer.stall();
    });
    const auto old = places("rediscluster://127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(found(*old), "(none)");
    EXPECT_EQ(page_->value(pool::Counter::ImportFailures), 0u);
}

TEST_F(OldServers, AreNotAskedForIdsThatPhpCannotHaveDrawn) {
    const test::FakeServer server([](test::FakePeer& peer, int) { peer.stall(); });
    const auto old = places("memcached://127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(found(*old, "short"), "(none)");
    EXPECT_EQ(found(*old, std::string(30, 'a') + "\r\nflush_all"), "(none)");
    EXPECT_EQ(found(*old, std::string(257, 'a')), "(none)");
    EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace sessmirror::migration
